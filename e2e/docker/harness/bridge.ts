/** A network bridge of the private engine's own, so that it never takes over a `docker0` of somebody else. */
import { createHash } from 'node:crypto';
import { run } from './run.ts';

/** Makes the bridge, on a 10.x subnet that no interface of this machine uses, or keeps the one there is. */
export async function makeBridge(owner: string): Promise<string> {
  const name = bridgeName(owner);
  // Lines like `3: eth0    inet 10.0.0.5/24 brd …`; Node's own list leaves out interfaces without a carrier.
  const addresses = (await run('ip', ['-4', '-o', 'address', 'show'])).split('\n');
  if (addresses.some((line) => line.includes(` ${name} `))) return name;
  await removeBridge(owner);
  await run('ip', ['link', 'add', 'name', name, 'type', 'bridge']);
  await run('ip', ['address', 'add', `${freeGateway(addresses)}/24`, 'dev', name]);
  await run('ip', ['link', 'set', 'dev', name, 'up']);
  return name;
}

export async function removeBridge(owner: string): Promise<void> {
  await run('ip', ['link', 'delete', 'dev', bridgeName(owner)]).catch(() => undefined);
}

/** Linux allows 15 characters. */
function bridgeName(owner: string): string {
  return `ailabt${createHash('sha256').update(owner).digest('hex').slice(0, 8)}`;
}

function freeGateway(addresses: string[]): string {
  for (let second = 213; second < 255; second += 1) {
    if (!addresses.some((line) => line.includes(` inet 10.${second}.`))) return `10.${second}.0.1`;
  }
  throw new Error('No subnet from 10.213.0.0 to 10.254.0.0 is free on this machine.');
}
