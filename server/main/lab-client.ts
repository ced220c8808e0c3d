/**
 * What the CLI's commands use: the running server when there is one, else the same engine in this process. One
 * writer either way.
 */
import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';
import { createEngine, type RunningEngine } from '../engine/engine.ts';
import type { Program } from '../engine/resources.ts';
import { LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import type { Activity, UpInput } from '../schemas/activity.ts';
import type { DoctorReport } from '../schemas/doctor.ts';
import { errorReport, type LabStatus } from '../schemas/lab.ts';
import { connect } from './remote.ts';
import { readServerFile, type ServerFile } from './server-file.ts';

export interface LabClient {
  /** Set when a server runs for this home. */
  server: ServerFile | undefined;
  /** Set when this process does the work itself. */
  engine: RunningEngine | undefined;
  status(): Promise<LabStatus>;
  doctor(): Promise<DoctorReport>;
  up(input: UpInput): Promise<Activity>;
  down(): Promise<Activity>;
  activity(id: string): Promise<Activity>;
  cancel(id: string): Promise<Activity>;
  close(): Promise<void>;
}

export interface ClientOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
}

export function openLab(options: ClientOptions): LabClient {
  const server = readServerFile(options.home);
  return server === undefined ? local(options) : remote(server);
}

function local(options: ClientOptions): LabClient {
  const engine = createEngine(options);
  const until = new AbortController();
  return {
    server: undefined,
    engine,
    status: () => engine.lab.status(until.signal),
    doctor: () => engine.lab.doctor(until.signal),
    up: (input) => engine.lab.up(input, 'cli'),
    down: () => engine.lab.down('cli'),
    activity: async (id) => engine.activities.get(id),
    cancel: (id) => engine.activities.cancel(id),
    async close() {
      until.abort();
      await engine.close();
    },
  };
}

function remote(server: ServerFile): LabClient {
  const api = connect(server);
  return {
    server,
    engine: undefined,
    status: () => plain(api.lab.status.query()),
    doctor: () => plain(api.lab.doctor.query()),
    up: (input) => plain(api.lab.up.mutate(input)),
    down: () => plain(api.lab.down.mutate()),
    activity: (id) => plain(api.activity.get.query({ id })),
    cancel: (id) => plain(api.activity.cancel.mutate({ id })),
    close: async () => undefined,
  };
}

const labErrorData = z.object({ lab: errorReport });

/** An error of the server's engine becomes the same error here, with its code and its fix. */
async function plain<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    const data = labErrorData.safeParse(error.data);
    if (data.success) throw new LabError({ ...data.data.lab, cause: error });
    throw new LabError({
      code: 'server_unreachable',
      message: `The ailab-web server of this home did not do it: ${error.message}`,
      fix: 'Look at its terminal; end it and start it again if it hangs.',
      cause: error,
    });
  }
}
