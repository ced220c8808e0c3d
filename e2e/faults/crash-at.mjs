/**
 * Loaded before the product (`node --import`): counts every call by which a process changes the world (files,
 * database, other processes), and ends this one by SIGKILL at call number CRASH_AT, before it (CRASH_WHEN=before) or
 * after it. With CRASH_COUNT it writes how many there were to that file instead.
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const at = Number(process.env.CRASH_AT ?? 0);
const before = process.env.CRASH_WHEN !== 'after';
const countFile = process.env.CRASH_COUNT;
const { writeFileSync } = fs;
let count = 0;

const die = () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal arrives while this waits.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
};

function guard(owner, name, isEffect = () => true) {
  const real = owner[name];
  owner[name] = function guarded(...args) {
    if (!isEffect(...args)) return real.apply(this, args);
    count += 1;
    const mine = count === at;
    if (mine && before) die();
    const result = real.apply(this, args);
    if (mine) {
      if (typeof result?.then === 'function') return result.then(die, die);
      die();
    }
    return result;
  };
}

const writes = (_path, flags) => typeof flags === 'string' && /[wa+]/.test(flags);
for (const name of [
  'writeFileSync',
  'renameSync',
  'rmSync',
  'mkdirSync',
  'unlinkSync',
  'linkSync',
  'chmodSync',
  'rmdirSync',
])
  guard(fs, name);
guard(fs, 'openSync', writes);
for (const name of ['writeFile', 'rename', 'rm', 'mkdir', 'unlink', 'link']) guard(fs.promises, name);
guard(fs.promises, 'open', writes);
for (const name of ['spawn', 'execFile', 'fork']) guard(childProcess, name);
guard(process, 'kill', (_pid, signal) => signal !== 0);
syncBuiltinESMExports();

const Database = createRequire(import.meta.url)('better-sqlite3');
const probe = new Database(':memory:');
const statements = Object.getPrototypeOf(probe.prepare('SELECT 1'));
const isChange = function isChange() {
  return true;
};
guard(statements, 'run', isChange);
guard(Database.prototype, 'exec', isChange);
probe.close();

if (countFile !== undefined) process.on('exit', () => writeFileSync(countFile, String(count)));
