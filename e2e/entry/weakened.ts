/**
 * A server with defences switched off, to prove that each of them is needed. It is bundled under e2e/.out for the
 * tests and is no part of the package. `AILAB_TEST_DISABLE` names the rows of trust.md A5, e.g. `T1` or `T2,T7`. What no
 * option of the server leaves out is cut from its text instead (cuts.ts).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { watchParent } from '../../server/bin/watch-parent.mjs';
import type { RunningEngine } from '../../server/engine/engine.ts';
import { CHECKS, type Check } from '../../server/front/gate.ts';
import { ensureHome, locateHome } from '../../server/lib/home.ts';
import { ownIdentity } from '../../server/lib/process-identity.ts';
import { locateProgram } from '../../server/main/paths.ts';
import { startServer } from '../../server/main/server.ts';
import { writeServerFile } from '../../server/main/server-file.ts';
import { CUTS, PAGE_CUTS } from './cuts.ts';
import { BROKEN } from './broken.ts';

interface Defence {
  /** Checks of the gate that are left out. */
  checks?: Check['name'][];
  weaken?: (engine: RunningEngine) => RunningEngine;
}

/** Everyone is taken for a login, whatever they show. */
const everyoneIsKnown = (engine: RunningEngine): RunningEngine => ({
  ...engine,
  identify: (header) => engine.identify(header) ?? { kind: 'login', id: 'anyone' },
});

const DEFENCES: Record<string, Defence> = {
  ...BROKEN,
  T1: { checks: ['host'] },
  T2: { checks: ['origin', 'json'] },
  // A GET that changes something: what the rule "no GET has side effects" forbids.
  T3: {
    weaken: (engine) => ({
      ...engine,
      chats: {
        ...engine.chats,
        list() {
          engine.chats.turn({ text: 'made by a GET' });
          return engine.chats.list(100);
        },
      },
    }),
  },
  T4: { checks: ['origin'] },
  T6: { checks: ['upgrade', 'origin'] },
  // The cookie alone is full proof, as in most products.
  T7: {
    weaken: (engine) => ({
      ...engine,
      identify: (header) =>
        engine.identify(header) ??
        (engine.parts.access.hasCookie(header) ? { kind: 'login', id: 'cookie' } : null),
    }),
  },
  T8: { checks: ['login'], weaken: everyoneIsKnown },
  // A token that was swapped is good again.
  T9: {
    weaken(engine) {
      const { access } = engine.parts;
      const swapped = new Set<string>();
      const redeem: typeof access.redeem = (token, userAgent) => {
        const granted = access.redeem(swapped.has(token) ? access.mintToken() : token, userAgent);
        if (granted !== undefined) swapped.add(token);
        return granted;
      };
      return { ...engine, parts: { ...engine.parts, access: { ...access, redeem } } };
    },
  },
  T10: { checks: ['login'], weaken: everyoneIsKnown },
  // A key is known by the part of it that is shown.
  T21: {
    weaken: (engine) => ({
      ...engine,
      identify(header) {
        const shown = /^Bearer (sk-ailab-.{5})/i.exec(header('authorization') ?? '')?.[1];
        const key = engine.access.keys().find(({ prefix }) => prefix === shown);
        return key === undefined ? engine.identify(header) : { kind: 'key', id: key.id, name: key.name };
      },
    }),
  },
};

const { values } = parseArgs({ options: { port: { type: 'string' }, home: { type: 'string' } } });
const named = (process.env['AILAB_TEST_DISABLE'] ?? '').split(',').filter((name) => name !== '');
const off = named.map((name) => {
  const defence = DEFENCES[name];
  if (defence === undefined && !(name in CUTS) && !(name in PAGE_CUTS))
    throw new Error(`AILAB_TEST_DISABLE: there is no defence ${name}`);
  return defence ?? {};
});
const left = new Set(off.flatMap(({ checks = [] }) => checks));
const home = locateHome(values.home);
ensureHome(home);
const silenceMs = Number(process.env['AILAB_TEST_SILENCE_MS'] ?? 0);
const program = locateProgram(join(import.meta.dirname, '..', '..', '..', 'dist'));
const ownPages = join(import.meta.dirname, 'next');
const server = await startServer({
  silence: silenceMs > 0 ? { firstMs: silenceMs, betweenMs: silenceMs } : undefined,
  home,
  env: process.env,
  program: {
    ...program,
    supervisorEntry: join(import.meta.dirname, 'supervisor.mjs'),
    nextFolder: existsSync(ownPages) ? ownPages : program.nextFolder,
  },
  port: Number(values.port),
  checks: CHECKS.filter(({ name }) => !left.has(name)),
  weaken: (engine) => off.reduce((weaker, { weaken }) => weaken?.(weaker) ?? weaker, engine),
});
writeServerFile(home, { ...ownIdentity(), port: server.port, cliSecret: server.cliSecret });
console.log(`without ${named.join(', ')}: ${server.engine.access.loginLink()}`);
const end = () => void server.close().finally(() => process.exit(0));
process.once('SIGTERM', end);
process.once('SIGINT', end);
watchParent(end);
