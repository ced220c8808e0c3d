/** Is the model server well? One HTTP poll, and the rule that turns polls into a state. */
import { request } from 'node:http';

const PATIENCE_MS = 1000;
/** Polls in a row that must fail before a server that was well is called unhealthy. */
const FAILURES = 2;

export type ChildHealth = 'starting' | 'healthy' | 'unhealthy';

/** True when /health answers 200 within a second. llama-server and our worker answer it without the key. */
export function pollHealth(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const poll = request({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    const hangs = setTimeout(() => poll.destroy(), PATIENCE_MS);
    poll.once('error', () => resolve(false));
    poll.once('close', () => {
      clearTimeout(hangs);
      resolve(false);
    });
    poll.end();
  });
}

/** Counts polls of one child. A loading server is `starting` for as long as it takes. */
export function createHealthRule(): { polled(ok: boolean): ChildHealth } {
  let health: ChildHealth = 'starting';
  let failures = 0;
  return {
    polled(ok) {
      failures = ok ? 0 : failures + 1;
      if (ok) health = 'healthy';
      else if (health === 'healthy' && failures >= FAILURES) health = 'unhealthy';
      return health;
    },
  };
}
