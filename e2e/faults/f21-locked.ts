/** F21: another program holds the database locked while the built product serves, chats and brings a lab up. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { ask } from '../support/http.ts';
import { startLab } from '../support/lab.ts';
import { credentials, login, ownPage } from '../support/login.ts';
import { bringUp, standInModel } from '../support/model.ts';
import { must, spread, until, type Fault } from './fault.ts';

const HELD_MS = 1500;
/** One write waits 200 ms for the lock and blocks the loop meanwhile; the rest is the machine. */
const BLOCKED_MS = 1000;

export const f21: Fault = {
  id: 'F21',
  title: `another program locks the database for ${HELD_MS / 1000} s, under chat, up and down`,
  expected: 'a bounded wait, then words; the server lives, and all is written afterwards',
  full: 20,
  quick: 2,
  async run(count, tally) {
    const model = await standInModel(['--fake-chunks=5', '--fake-delay-ms=100']);
    const lab = await startLab(model);
    const blocked: number[] = [];
    try {
      await bringUp(lab);
      const user = await login(lab, lab.link);
      const api = lab.api();
      const headers = { 'content-type': 'application/json', ...credentials(user), ...ownPage(lab) };
      for (let run = 0; run < count && !tally.over(); run += 1) {
        const other = new Database(join(lab.home, 'ailab.db'));
        let held = false;
        let probe: ReturnType<typeof probeLoop> | undefined;
        await tally.try(`run ${run}`, async () => {
          const turn = await api.chat.turn.mutate({ text: `question ${run}` });
          const down = run % 2 === 0 ? undefined : await api.lab.down.mutate({ volumes: false });
          if (down === undefined) {
            const chat = ask(lab.port, {
              method: 'POST',
              path: '/v1/chat/completions',
              headers: { ...headers, 'x-ailab-message': turn.messageId },
              body: JSON.stringify({ model: 'default', stream: true, messages: turn.messages }),
            });
            await sleep(150);
            other.exec('BEGIN IMMEDIATE');
            held = true;
            probe = probeLoop(lab.port);
            const refused = await api.chat.turn.mutate({ text: 'while it is locked' }).then(
              () => 'done',
              (error: unknown) => String(error),
            );
            must(/holds the database .* locked/.test(refused), `a write said: ${refused}`);
            must((await chat).body.includes('[DONE]'), 'the reply was broken off');
            await sleep(HELD_MS);
            other.exec('COMMIT');
            held = false;
            blocked.push(await probe.stop());
            await until('the reply is in its conversation', 5000, async () => {
              const { messages } = await api.chat.get.query({ conversationId: turn.conversation.id });
              return messages.some(
                ({ id, state, content }) => id === turn.messageId && state === 'done' && content !== '',
              );
            });
          } else {
            other.exec('BEGIN IMMEDIATE');
            held = true;
            probe = probeLoop(lab.port);
            await sleep(HELD_MS);
            other.exec('COMMIT');
            held = false;
            blocked.push(await probe.stop());
            await until(
              'the activity has ended, and says so',
              10_000,
              async () => (await api.activity.get.query({ id: down.id })).state === 'done',
            );
            await bringUp(lab);
          }
        });
        await probe?.stop();
        if (held) other.exec('ROLLBACK');
        other.close();
      }
      await tally.try('the server', async () => {
        must((await ask(lab.port, { path: '/healthz' })).status === 200, 'it is gone');
        must(
          Math.max(...blocked) < BLOCKED_MS,
          `the loop was blocked for ${Math.max(...blocked).toFixed(0)} ms`,
        );
        tally.passed -= 1;
      });
    } finally {
      await lab
        .api()
        .lab.down.mutate({ volumes: false })
        .catch(() => undefined);
      await lab.stop();
      model.remove();
    }
    tally.figure('longest wait for /healthz meanwhile', spread(blocked));
  },
};

/** The longest that a trivial request waits, from now until `stop`. */
function probeLoop(port: number): { stop(): Promise<number> } {
  let longest = 0;
  const end = new AbortController();
  const done = (async () => {
    while (!end.signal.aborted) {
      const begun = performance.now();
      await ask(port, { path: '/healthz' }).catch(() => (longest = Infinity));
      longest = Math.max(longest, performance.now() - begun);
      await sleep(5);
    }
  })();
  return {
    async stop() {
      end.abort();
      await done;
      return longest;
    },
  };
}
