/** Requests and reads as another user of this machine: a child process that has become `nobody`. Needs root. */
import { spawn } from 'node:child_process';

const NOBODY = 65_534;

export const canBeNobody = process.platform === 'linux' && process.getuid?.() === 0;

export interface NobodyAsk {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface NobodySaw {
  uid: number;
  /** Status 0: no answer in time, or none at all. */
  answers: { status: number; body: string }[];
  /** Per file or folder: what was read, or null when it was refused. */
  files: (string | null)[];
}

/** Written out, because the files of this repository may be closed to nobody. */
const SCRIPT = `
process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
const { request } = require('node:http');
const { readFileSync, readdirSync, statSync } = require('node:fs');
const ask = (port, { method, path, headers, body }) => new Promise((resolve) => {
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false, setHost: false }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += chunk));
    // Also when it was cut off below: an event stream does not end.
    response.on('close', () => resolve({ status: response.statusCode, body: text }));
  });
  outgoing.setTimeout(1000, () => outgoing.destroy());
  outgoing.on('error', () => resolve({ status: 0, body: '' }));
  outgoing.end(body);
});
const read = (path) => {
  try {
    return statSync(path).isDirectory() ? readdirSync(path).join(' ') : readFileSync(path, 'latin1');
  } catch {
    return null;
  }
};
process.once('message', async ({ port, asks, paths }) => {
  const answers = [];
  for (const one of asks) answers.push(await ask(port, one));
  process.send({ uid: process.getuid(), answers, files: paths.map(read) }, () => process.exit(0));
});
`;

export async function asNobody(port: number, asks: NobodyAsk[], paths: string[]): Promise<NobodySaw> {
  const child = spawn(process.execPath, ['-e', SCRIPT], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  try {
    return await new Promise<NobodySaw>((resolve, reject) => {
      child.once('message', (saw) => resolve(saw as NobodySaw));
      child.once('exit', (code) => reject(new Error(`the child ended with ${code}: ${words}`)));
      child.send({ port, asks, paths });
    });
  } finally {
    child.kill('SIGKILL');
  }
}
