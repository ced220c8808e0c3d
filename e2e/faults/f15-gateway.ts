/** F15 to F18: what a model server or a client can do to the gateway, through the built product. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, spread, until, type Fault } from './fault.ts';
import { errorOf, openGatewayLab, type GatewayLab } from './gateway-lab.ts';
import { replyCase } from './proxies/reply-cases.ts';

const SILENCE_MS = 3000;
/** What a limit of silence may be late by: it is looked at once a second, on a machine that does other things too. */
const LATE_MS = 1500;
const HANGS_AT = [0, 1, 50];

async function withLab(
  options: { silenceMs?: number },
  body: (lab: GatewayLab) => Promise<void>,
): Promise<void> {
  const lab = await openGatewayLab(options);
  try {
    await body(lab);
  } finally {
    await lab.close();
  }
}

const alive = async ({ lab }: GatewayLab) =>
  (await fetch(`http://127.0.0.1:${lab.port}/healthz`)).status === 200;

export const f15: Fault = {
  id: 'F15',
  title: 'the model falls silent in the middle of a stream (word 0, 1, 50)',
  expected: `an error event within the limit (here ${SILENCE_MS / 1000} s) + ${LATE_MS / 1000} s, no [DONE], metered as partial`,
  full: 60,
  quick: 6,
  run: (count, tally) =>
    withLab({ silenceMs: SILENCE_MS }, async (gateway) => {
      const times: number[] = [];
      await Promise.all(
        Array.from({ length: count }, async (_, run) => {
          const at = HANGS_AT[run % HANGS_AT.length] ?? 0;
          await tally.try(`run ${run}, silent at ${at}`, async () => {
            const { body, ms } = await gateway.ask({ id: `h${run}`, kind: 'hang', at });
            const error = errorOf(body);
            times.push(ms);
            must(error?.code === 'runtime_broke_off', `no error event: ${body.toString('utf8').slice(-200)}`);
            must(error.message.includes('said nothing for'), error.message);
            must(!body.includes('[DONE]'), 'a stream that broke off says [DONE]');
            must(body.toString('utf8').split('"content":"w').length - 1 === at, 'words were lost');
            must(ms > SILENCE_MS - 100 && ms < SILENCE_MS + LATE_MS, `it took ${ms.toFixed(0)} ms`);
          });
        }),
      );
      const rows = await gateway.lab.api().metrics.recent.query({ limit: count });
      await tally.try('the ledger', () => {
        const spoken = Array.from({ length: count }, (_, run) => HANGS_AT[run % 3]).filter(
          (at) => at !== 0,
        ).length;
        const partial = rows.filter(({ outcome }) => outcome === 'partial').length;
        const failed = rows.filter(({ outcome }) => outcome === 'error').length;
        must(
          partial === spoken && failed === count - spoken,
          `${partial} partial, ${failed} failed of ${count}`,
        );
        tally.passed -= 1;
      });
      tally.figure('until the error event', spread(times));
    }),
};

export const f16: Fault = {
  id: 'F16',
  title: 'resets, bad JSON, cut UTF-8, no HTTP, 10 MB events from the model',
  expected: 'bytes pass as they are or a clean error follows them; the server lives',
  full: 500,
  quick: 80,
  run: (count, tally) =>
    withLab({}, async (gateway) => {
      const kinds = new Map<string, number>();
      for (let seed = 0; seed < count && !tally.over(); seed += 1) {
        const expected = replyCase(seed);
        kinds.set(expected.kind, (kinds.get(expected.kind) ?? 0) + 1);
        await tally.try(`case ${seed}, ${expected.kind}`, async () => {
          const sent = Buffer.concat(expected.parts);
          const reply = await gateway.ask({ id: `b${seed}`, kind: 'bytes', seed }, expected.streamed);
          if (expected.whole) {
            must(reply.status === expected.status && !reply.cut, `status ${reply.status}, cut: ${reply.cut}`);
            must(reply.body.equals(sent), `${reply.body.length} bytes came of ${sent.length}`);
            return;
          }
          const error = errorOf(reply.body);
          // A whole JSON body that breaks off can only be cut: its length or its end tells the client.
          if (error === undefined)
            must(
              reply.cut && !expected.streamed,
              `no error: ${reply.status} ${reply.body.toString('utf8').slice(0, 200)}`,
            );
          else if (reply.status === 200)
            must(
              expected.end === 'raw' || error.before.equals(sent.subarray(0, error.before.length)),
              'other bytes came than were sent',
            );
          else must(reply.status === 502, `status ${reply.status}`);
        });
      }
      await tally.try('the server', async () => {
        must(await alive(gateway), 'it is gone');
        must((await gateway.lab.api().metrics.recent.query({ limit: 1 })).length === 1, 'no ledger');
        tally.passed -= 1;
      });
      tally.figure('kinds', [...kinds].map(([kind, many]) => `${kind} ${many}`).join(', '));
    }),
};

const LEAVE_AT = ['word 0', 'word 5', 'prompt'] as const;

export const f17: Fault = {
  id: 'F17',
  title: 'the client goes away (before the first word, at word 5, during the prompt)',
  expected: 'the model is let go: p99 50 ms, none leaked',
  full: 200,
  quick: 30,
  run: (count, tally) =>
    withLab({}, async (gateway) => {
      const left = new Map<string, number>();
      for (let run = 0; run < count && !tally.over(); run += 1) {
        const where = LEAVE_AT[run % LEAVE_AT.length] ?? 'prompt';
        const id = `d${run}`;
        await tally.try(`run ${run}, ${where}`, async () => {
          const client = gateway.open(
            where === 'prompt'
              ? { id, kind: 'prompt', at: 60_000, size: 1 }
              : { id, kind: 'slow', at: where === 'word 0' ? 60_000 : 3, size: 10_000 },
          );
          client.on('error', () => undefined);
          if (where === 'prompt')
            await until('it arrived', 5000, async () => (await gateway.seen())[id] !== undefined);
          else {
            const [response] = (await once(client, 'response')) as [IncomingMessage];
            response.on('error', () => undefined);
            let words = 0;
            for await (const chunk of response) {
              words += String(chunk).split('"content"').length - 1;
              if (words > (where === 'word 0' ? 0 : 5)) break;
            }
          }
          left.set(id, performance.timeOrigin + performance.now());
          client.destroy();
        });
      }
      await sleep(500);
      const seen = await gateway.seen();
      const times = [...left].map(([id, at]) => (seen[id]?.closedAt ?? Infinity) - at);
      await tally.try('all', () => {
        const leaked = times.filter((ms) => ms === Infinity).length;
        must(leaked === 0, `${leaked} requests run on`);
        const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
        // A test on a busy machine asks for no more than that nobody waits to notice.
        must(p99 < 1000, `p99 ${p99.toFixed(0)} ms`);
        tally.passed -= 1;
      });
      tally.figure('until the model was let go', spread(times));
      tally.figure('leaked', `${times.filter((ms) => ms === Infinity).length} of ${times.length}`);
    }),
};

const FLOOD_BYTES = 16 * 1024 * 1024;
const SLOW_READER_BYTES_PER_S = 1024;
const MEMORY_MAX = 20 * 1024 * 1024;

export const f18: Fault = {
  id: 'F18',
  title: `many clients read 1 KB/s of ${FLOOD_BYTES / 1024 ** 2} MB each`,
  expected: 'the model waits; with 50 of them the server grows by 20 MB at most',
  full: 50,
  quick: 20,
  run: (count, tally) =>
    withLab({}, async (gateway) => {
      // Against the same number of clients that read as fast as they can: what is left is what slowness costs.
      await Promise.all(
        Array.from({ length: count }, (_, run) =>
          gateway.ask({ id: `warm${run}`, kind: 'flood', size: FLOOD_BYTES }),
        ),
      );
      const before = gateway.memory();
      let most = 0;
      const clients = Array.from({ length: count }, (_, run) =>
        gateway.open({ id: `s${run}`, kind: 'flood', size: FLOOD_BYTES }),
      );
      const readers = clients.map(async (client) => {
        client.on('error', () => undefined);
        const [response] = (await once(client, 'response')) as [IncomingMessage];
        response.on('error', () => undefined);
        response.pause();
        let got = 0;
        for (let tick = 0; tick < 6; tick += 1) {
          await sleep(1000);
          most = Math.max(most, gateway.memory());
          got += (response.read(SLOW_READER_BYTES_PER_S) as Buffer | null)?.length ?? 0;
        }
        return { got, ended: response.readableEnded };
      });
      const read = await Promise.all(readers);
      for (const [run, { got, ended }] of read.entries())
        await tally.try(`client ${run}`, () =>
          must(got > 0 && !ended, `it read ${got} bytes, ended: ${ended}`),
        );
      const seen = await gateway.seen();
      for (const client of clients) client.destroy();
      await tally.try('all', async () => {
        must(
          Object.entries(seen).every(([id, { closedAt }]) => id.startsWith('warm') || closedAt === null),
          'the model did not wait',
        );
        must(most - before < MEMORY_MAX, `the server grew by ${((most - before) / 2 ** 20).toFixed(1)} MiB`);
        await until('all let go', 5000, async () =>
          Object.values(await gateway.seen()).every(({ closedAt }) => closedAt !== null),
        );
        tally.passed -= 1;
      });
      tally.figure(
        'growth of the server',
        `${((most - before) / 2 ** 20).toFixed(1)} MiB of ${(before / 2 ** 20).toFixed(0)} MiB`,
      );
    }),
};
