/** Another machine, as far as the network goes: a namespace of its own, joined to this one by a pair of interfaces. Needs root. */
import { spawn, spawnSync } from 'node:child_process';
import { run } from '../docker/harness/run.ts';

/** Is this allowed here? A container without the right to make interfaces says no. */
export function canMakeNamespaces(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const name = `ailabx${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name]).status === 0;
  if (made) spawnSync('ip', ['netns', 'delete', name]);
  return made;
}

export interface Namespace {
  /** Address of this machine, as the other one sees it. */
  here: string;
  /** Runs JavaScript there: a module's text, with its arguments in `process.argv[2…]`; its standard output. */
  node(script: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function makeNamespace(): Promise<Namespace> {
  const mark = process.pid.toString(36);
  const [name, near, far] = [`ailabn${mark}`, `ailabn${mark}`, `ailabf${mark}`];
  const net = `10.${200 + (process.pid % 10)}.${Math.floor(process.pid / 10) % 250}`;
  const inside = (...args: string[]) => run('ip', ['netns', 'exec', name, 'ip', ...args]);
  await run('ip', ['netns', 'add', name]);
  const remove = async () => {
    // The pair goes with the namespace that holds one end of it.
    await run('ip', ['netns', 'delete', name]).catch(() => undefined);
  };
  try {
    await run('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name]);
    await run('ip', ['address', 'add', `${net}.1/24`, 'dev', near]);
    await run('ip', ['link', 'set', near, 'up']);
    await inside('address', 'add', `${net}.2/24`, 'dev', far);
    await inside('link', 'set', far, 'up');
    await inside('link', 'set', 'lo', 'up');
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    here: `${net}.1`,
    remove,
    node(script, ...args) {
      const child = spawn(
        'ip',
        ['netns', 'exec', name, process.execPath, '--input-type=module', '-', ...args],
        {
          stdio: ['pipe', 'pipe', 'pipe'],
        },
      );
      let [out, problems] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
      child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString('utf8')));
      child.stdin.end(script);
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) =>
          code === 0 ? resolve(out) : reject(new Error(`${code}: ${problems}`)),
        );
      });
    },
  };
}
