/** Puts the support bundle together from what the engine tells its callers anyway. Part of the composition root. */
import { readFileSync } from 'node:fs';
import { availableParallelism, homedir, hostname, release, totalmem, userInfo } from 'node:os';
import { reportError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { VERSION } from '../lib/version.ts';
import { stackLayout } from '../resources/compose-stack/layout.ts';
import type { Chats } from '../services/chats.ts';
import type { SupportBundle } from '../schemas/support.ts';
import { bundleText, type Part } from '../support/bundle.ts';
import { createRedactor, type Private, type Redact } from '../support/redact.ts';
import type { Engine } from './contract.ts';

export interface SupportParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  chats: Pick<Chats, 'list' | 'get'>;
  engine: Pick<Engine, 'config' | 'lab' | 'lock' | 'logs'> & {
    activities: Pick<Engine['activities'], 'list'>;
  };
}

const ACTIVITIES = 20;
const LINES = 150;
/** Newest first; older ones are no longer in any log. */
const CONVERSATIONS = 300;

export function createSupportService(parts: SupportParts): Engine['support'] {
  return {
    async bundle(signal): Promise<SupportBundle> {
      const { lab, config, lock, logs, activities } = parts.engine;
      const at = Date.now();
      const [status, plan, doctor, services] = await Promise.all([
        part(() => lab.status(signal)),
        part(() => lab.plan({ starter: false }, signal)),
        part(() => lab.doctor(signal)),
        logs.services(signal).catch(() => []),
      ]);
      const tails = await Promise.all(services.map((service) => part(() => tail(logs, service, signal))));
      signal.throwIfAborted();
      const gathered = {
        at,
        machine: machine(),
        config: await part(() => config.get()),
        status,
        plan,
        doctor,
        lock: await part(() => lock.show()),
        activities: await part(() => activities.list(ACTIVITIES)),
        logs: Object.fromEntries(services.map((service, index) => [service, tails[index] ?? []])),
      };
      const text = bundleText(gathered, redactorOf(parts));
      return { name: `ailab-support-${new Date(at).toISOString().slice(0, 10)}.yaml`, text };
    },
  };
}

async function part<T>(make: () => T | Promise<T>): Promise<Part<T>> {
  try {
    return await make();
  } catch (error) {
    const { code, message } = reportError(error);
    return { failed: `${code}: ${message}` };
  }
}

async function tail(logs: Engine['logs'], service: string, signal: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of logs.read({ service, tail: LINES, follow: false }, signal))
    for (const { time, text } of batch) lines.push(time === null ? text : `${time} ${text}`);
  return lines;
}

function machine(): Record<string, string | number> {
  return {
    ailab_web: VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    threads: availableParallelism(),
    memory_gib: Math.round(totalmem() / 1024 ** 3),
  };
}

function redactorOf({ home, env, chats }: SupportParts): Redact {
  const conversations = chats
    .list(CONVERSATIONS)
    .flatMap(({ id, title }) => [
      title,
      ...chats
        .get(id)
        .messages.flatMap(({ content, reasoning, attachments }) => [
          content,
          reasoning?.text ?? '',
          ...attachments.map(({ text }) => text),
        ]),
    ]);
  return createRedactor({ values: [...places(home), ...secrets(home, env)], names: names(), conversations });
}

function places(home: Home): Private['values'] {
  return [
    { value: home.root, as: '<home>' },
    { value: homedir(), as: '~' },
  ];
}

function names(): Private['names'] {
  return [
    { value: userName(), as: '<user>' },
    { value: hostname(), as: '<host>' },
  ];
}

/** A container's user may have no entry. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

const SECRET_NAME = /TOKEN|KEY|SECRET|PASS|AUTH|COOKIE|CREDENTIAL/i;

/** By their very values: of the environment, and of the files in the home that hold them. */
function secrets(home: Home, env: NodeJS.ProcessEnv): Private['values'] {
  const named = Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && value.length >= 6 ? [value] : [],
  );
  const files = [home.serverFile, home.runtimeFile, home.runtimeKeyFile, stackLayout(home).secrets];
  const kept = files.flatMap((file) => longWords(readOrNothing(file)));
  return [...named, ...kept].map((value) => ({ value, as: '<secret>' }));
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A key among other words is the long one without a space or a slash. */
function longWords(text: string): string[] {
  return text.match(/[\w$./-]{24,}/g)?.filter((word) => !word.includes('/')) ?? [];
}
