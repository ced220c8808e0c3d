import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPort } from '../../server/resources/embedded-runtime/check.ts';

let stranger: Server;
let port: number;
beforeEach(async () => {
  stranger = createServer();
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const address = stranger.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => new Promise((resolve) => stranger.close(resolve)));

describe('checkPort', () => {
  it('refuses a port that someone else holds, with the next free one as the fix', async () => {
    const error = await checkPort(port, []).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'port_in_use', status: 409 });
    expect(error).toHaveProperty('message', expect.stringContaining(`Port ${port}`));
    expect(error).toHaveProperty('fix', expect.stringMatching(/`ports: \{ model: \d+ \}`/));
  });

  it.runIf(process.platform === 'linux')('names the holder, and knows our own', async () => {
    await expect(checkPort(port, [process.pid + 1])).rejects.toThrow(`(pid ${process.pid})`);
    await expect(checkPort(port, [process.pid])).resolves.toBeUndefined();
  });

  it('lets a free port pass', async () => {
    await new Promise((resolve) => stranger.close(resolve));
    await expect(checkPort(port, [])).resolves.toBeUndefined();
  });
});
