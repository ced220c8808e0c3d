/** F11 and F12: a full disk under the home while it is used, and a home that can't be written. Linux, as root. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../support/http.ts';
import { ailab } from '../support/cli.ts';
import { startLab } from '../support/lab.ts';
import Database from 'better-sqlite3';
import { must, spread, type Fault, type Tally } from './fault.ts';

const SIZE = '8m';

/** Undefined where this user may not mount. */
function mountSmall(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
  rmSync(folder, { recursive: true, force: true });
}

const cannot = (tally: Tally) => void tally.skipped.push('to mount a file system needs root on Linux');

export const f11: Fault = {
  id: 'F11',
  title: `no space left on the home's disk (${SIZE}), then some again`,
  expected: 'reads work, writes fail in words, nothing is corrupt, and it goes on without a restart',
  full: 20,
  quick: 2,
  async run(count, tally) {
    const disk = mountSmall();
    if (disk === undefined) return cannot(tally);
    const lab = await startLab({ home: join(disk, 'home') });
    try {
      const api = lab.api();
      for (let run = 0; run < count && !tally.over(); run += 1)
        await tally.try(`run ${run}`, async () => {
          const before = await api.chat.turn.mutate({ text: `before ${run}` });
          fill(disk);
          const said = await untilRefused(() => api.chat.turn.mutate({ text: 'x'.repeat(4000) }));
          must(said.includes('disk_full') && said.includes('Free some space'), `a write said ${said}`);
          const read = await api.chat.get.query({ conversationId: before.conversation.id });
          must(read.messages.length > 0, 'what was there can not be read');
          must((await api.lab.overview.query()).home !== '', 'the overview is gone');
          for (const name of readdirSync(disk)) if (name.startsWith('fill-')) rmSync(join(disk, name));
          const after = await api.chat.turn.mutate({ text: `after ${run}` });
          must(after.messageId !== '', 'it does not go on');
          const db = new Database(join(lab.home, 'ailab.db'), { readonly: true });
          const verdict = db.pragma('integrity_check', { simple: true });
          db.close();
          must(verdict === 'ok', String(verdict));
          for (const { id, title } of await api.chat.list.query({ limit: 100 }))
            if (title.startsWith('x')) await api.chat.remove.mutate({ conversationId: id });
        });
      await tally.try('the server', async () => {
        must((await ask(lab.port, { path: '/healthz' })).status === 200, 'it is gone');
        tally.passed -= 1;
      });
    } finally {
      await lab.stop();
      unmount(disk);
    }
  },
};

/** Writes until one is refused; what it said. */
async function untilRefused(write: () => Promise<unknown>): Promise<string> {
  for (let tries = 0; tries < 400; tries += 1)
    try {
      await write();
    } catch (error) {
      return JSON.stringify((error as { data?: { lab?: unknown } }).data?.lab ?? String(error));
    }
  return 'nothing: it was never refused';
}

/** Leaves not one block. */
function fill(disk: string): void {
  for (const [at, size] of [65_536, 4096, 1].entries())
    for (let n = 0; ; n += 1)
      try {
        writeFileSync(join(disk, `fill-${at}-${n}`), Buffer.alloc(size));
      } catch {
        break;
      }
}

export const f12: Fault = {
  id: 'F12',
  title: "a home that can't be written: read-only mount, a file in its place, no right",
  expected: 'start refused at once, the path named, nothing made',
  full: 12,
  quick: 3,
  async run(count, tally) {
    const disk = mountSmall();
    if (disk === undefined) return cannot(tally);
    const times: number[] = [];
    try {
      mkdirSync(join(disk, 'there'));
      writeFileSync(join(disk, 'file'), '');
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      for (let run = 0; run < count && !tally.over(); run += 1) {
        const name = ['there', 'none/below', 'file'][run % 3] ?? 'there';
        const command = run % 2 === 0 ? ['serve', '--no-open'] : ['up'];
        await tally.try(`${command[0]} on ${name}`, async () => {
          const begun = performance.now();
          const { code, stderr } = await ailab([...command, '--home', join(disk, name)]);
          times.push(performance.now() - begun);
          must(code === 1 && stderr.includes('home_not_writable'), `${code}: ${stderr.slice(-300)}`);
          must(
            stderr.includes(join(disk, name)) && /--home/.test(stderr),
            `the path is not named: ${stderr}`,
          );
          must(!existsSync(join(disk, name, 'ailab.db')), 'something was made');
        });
      }
    } finally {
      unmount(disk);
    }
    tally.figure('until it was refused (with the start of node)', spread(times));
  },
};
