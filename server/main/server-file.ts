/** `<home>/server.json`: where the home's running server is, and the secret by which the CLI proves itself. 0600. */
import { readFileSync, rmSync } from 'node:fs';
import * as z from 'zod';
import type { Home } from '../lib/home.ts';
import { writePrivateFile } from '../lib/private-file.ts';
import { isAlive } from '../lib/process-identity.ts';

const serverFile = z.object({
  pid: z.number().int().positive(),
  started: z.string(),
  port: z.number().int().min(1).max(65_535),
  cliSecret: z.string().min(40),
});
export type ServerFile = z.infer<typeof serverFile>;

export function writeServerFile(home: Home, server: ServerFile): void {
  writePrivateFile(home.serverFile, JSON.stringify(server));
}

/** The running server of this home; undefined when there is none, or its process is gone. */
export function readServerFile(home: Home): ServerFile | undefined {
  try {
    const parsed = serverFile.safeParse(JSON.parse(readFileSync(home.serverFile, 'utf8')));
    return parsed.success && isAlive(parsed.data) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function removeServerFile(home: Home): void {
  if (readServerFile(home)?.pid === process.pid) rmSync(home.serverFile, { force: true });
}
