/** A thousand bad locks against a running server: clean errors, no hang, and not a row of the database changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRPCClientError } from '@trpc/client';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLock } from '../../server/lock/read.ts';
import { writeLock } from '../../server/lock/write.ts';
import type { Remote } from '../../server/main/remote.ts';
import { decodeLock } from '../../server/schemas/lock-text.ts';
import { ailab } from '../support/cli.ts';
import { changesSince, contentsOf } from '../support/database.ts';
import { startLab, type Lab } from '../support/lab.ts';

const COUNT = 1000;
/** Of one import: it hangs, then. */
const HANG_MS = 10_000;
const SHA = 'ab'.repeat(32);

const GOOD = `version: 2
packages:
  npm:
    - name: node-llama-cpp
      installed_at: "2026-11-22T12:00:00.123Z"
      version: 3.22.1
resources:
  - type: weights
    id: org/model-GGUF
    state: managed
    metadata: { source: hub, path: ~/m.gguf, file: m.gguf, revision: abc, sha256: ${SHA}, size: 100 }
  - type: docker-compose
    id: ai-lab-stack
    state: managed
    metadata:
      profile: default
      engine: docker
      runtime: llama.cpp
      flags: { context_size: 4096, threads: 2 }
      ports: { model: 18080 }
      stack_sha256: ${SHA}
      services: { model: { image: i, digest: "sha256:${SHA}", local: false } }
`;
const EXPORTED = writeLock(readLock(GOOD, 'good').document);

/** Small and the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomFrom(20_261_122);
const below = (n: number) => Math.floor(random() * n);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const bytes = (text: string) => Buffer.from(text);
const replace = (from: string, to: string) => () => bytes(GOOD.replace(from, to));

const WRONG = ['[]', '{}', '[[[]]]', '[7]', '{a: {b: c}}'];
const FIELDS = [
  'size: 100',
  'context_size: 4096',
  'model: 18080',
  `stack_sha256: ${SHA}`,
  'profile: default',
  'engine: docker',
  'source: hub',
];

/** Each kind makes something that must be refused. */
const KINDS: Record<string, () => Buffer> = {
  'cut off': () => bytes(EXPORTED.slice(0, 60 + below(EXPORTED.length - 66))),
  'a byte that is no UTF-8': () => {
    const buffer = bytes(GOOD);
    buffer[below(buffer.length)] = 0x80 + below(64);
    return buffer;
  },
  'a control character': () => {
    const at = below(GOOD.length);
    return bytes(
      GOOD.slice(0, at) + String.fromCharCode(pick([0, 1, 7, 8, 11, 12, 27, 127])) + GOOD.slice(at),
    );
  },
  'an escaped control character': () =>
    bytes(GOOD.replace('id: org/model-GGUF', `id: "a\\x${pick(['1b', '00', '07', '9b'])}[2J"`)),
  'another version': () =>
    bytes(
      GOOD.replace(
        'version: 2',
        `version: ${pick(['0', '3', '7', '-1', '2.0', '"2"', '1e0', '[2]', 'null', '~', 'two', '99999999999999999999'])}`,
      ),
    ),
  'a wrong type': () =>
    bytes(GOOD.replace(/(version: 3\.22\.1|name: node-llama-cpp)/, `name: ${pick(['[]', '{a: 1}', '""'])}`)),
  'a wrong value': () => {
    const field = pick(FIELDS);
    return bytes(GOOD.replace(field, `${field.split(':')[0]}: ${pick(WRONG)}`));
  },
  'sections of another type': () =>
    bytes(
      `version: ${pick(['1', '2'])}\n${pick(['packages', 'resources'])}: ${pick(['7', 'text', 'true', '[7]', '[[]]', '{a: 7}', '{a: [7]}', '{a: {b: []}}', '- a'])}\n`,
    ),
  'a bomb of anchors': () =>
    bytes(
      `version: 2\na: &a [${'x,'.repeat(50)}]\n${Array.from({ length: 20 }, (_, at) => `k${at}: &k${at} [${`*${at === 0 ? 'a' : `k${at - 1}`},`.repeat(50)}]`).join('\n')}\npackages: {}\n`,
    ),
  'a cycle': () => bytes(`version: 2\npackages: &p\n  npm:\n    - *p\n`),
  'merge keys': () => bytes(`version: 2\nbase: &b {x: 1}\npackages: {}\nresources: []\nmore:\n  <<: *b\n`),
  'far too deep': () =>
    bytes(
      `version: 2\npackages: {}\nx: ${pick(['[', '{a: '])}`.replace(/.$/, (last) => last.repeat(1)) +
        pick(['[', '{a: ']).repeat(100 + below(200_000)),
    ),
  'deep by indentation': () =>
    bytes(
      `version: 2\npackages: {}\n${Array.from({ length: 70 + below(600) }, (_, at) => `${' '.repeat(at)}a:`).join('\n')}\n`,
    ),
  'too much': () =>
    bytes(
      `version: 2\npackages:\n  npm:\n${'    - {name: a, version: b, installed_at: c}\n'.repeat(4000 + below(15_000))}`,
    ),
  'too large': () => bytes(`version: 2\npackages: {}\nx: "${'y'.repeat(1_000_001)}"\n`),
  'many commas': () => bytes(`version: 2\npackages: [${','.repeat(below(900_000) + 1)}]\n`),
  'many quotes': () => bytes(`version: 2\npackages: ${'"'.repeat(3 + below(900_000))}a\n`),
  'many anchors': () => bytes(`version: 2\npackages: ${'&a '.repeat(2 + below(300_000))}x\n`),
  'many documents': () => bytes(`${GOOD}---\n${GOOD}`),
  'a key twice': () =>
    bytes(pick([`${GOOD}version: 2\n`, GOOD.replace('size: 100', 'size: 100, size: 100')])),
  'an entry twice': () =>
    bytes(
      GOOD.replace(
        '  - type: docker-compose',
        '  - type: weights\n    id: org/model-GGUF\n  - type: docker-compose',
      ),
    ),
  'a key that poisons': () => bytes(`${GOOD}__proto__: { polluted: true }\n`),
  'a map as key': () => bytes(`${GOOD}? { a: b }\n: c\n`),
  'UTF-16': () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(GOOD, 'utf16le')]),
  'UTF-16, unmarked': () => Buffer.from(GOOD, 'utf16le'),
  binary: () => Buffer.from(Array.from({ length: 20 + below(3000) }, () => below(256))),
  'no lock at all': () =>
    bytes(
      pick([
        '',
        ' \n',
        '{}',
        '[]',
        '7',
        'text',
        'model_id: a/b\nengine: docker\n',
        '{"name": "x"}',
        '---\n...\n',
        '<html></html>',
        '#!/bin/sh\nrm -rf /\n',
      ]),
    ),
  tags: () => bytes(`version: 2\npackages: !!js/function "function () { return 1 }"\n`),
  tabs: replace('  npm:', '\tnpm:'),
  'a short digest': replace(`sha256:${SHA}`, 'sha256:abc'),
  'a hash that is none': replace(`sha256: ${SHA}`, `sha256: ${'zz'.repeat(32)}`),
  'a v1 entry that was cut': () =>
    bytes(
      `version: 1\npackages:\n  npm:\n    - name: a\n      installed_at: 2025-07-27T11:01:03Z\n${pick(['', '    - name: b\n'])}`,
    ),
};

let lab: Lab;
let api: Remote;
beforeAll(async () => {
  lab = await startLab();
  api = lab.api();
  await api.lock.import.mutate({ text: GOOD, name: 'good.yaml' });
}, 60_000);
afterAll(() => lab.stop());

const names = Object.keys(KINDS);

describe('bad locks', () => {
  it(`${COUNT} of ${names.length} kinds: a named error each, no hang, and nothing is written`, async () => {
    const before = contentsOf(lab.home);
    const wrong: string[] = [];
    let slowest = 0;
    for (let at = 0; at < COUNT; at += 1) {
      const kind = names[at % names.length] ?? '';
      const decoded = decodeLock(KINDS[kind]?.() ?? Buffer.alloc(0));
      // The browser and the command line stop here: what is no text is never sent.
      if ('problem' in decoded) continue;
      const begun = performance.now();
      const answer = await api.lock.import.mutate({ text: decoded.text, name: 'bad.yaml' }).then(
        () => `${kind}: was taken: ${decoded.text.slice(0, 200)}`,
        (error: unknown) => complaint(error, kind),
      );
      slowest = Math.max(slowest, performance.now() - begun);
      if (answer !== null) wrong.push(answer);
    }
    expect(wrong).toEqual([]);
    expect(slowest).toBeLessThan(HANG_MS);
    expect(changesSince(before, lab.home)).toEqual([]);
    const { memoryUsage } = await rss(lab.pid);
    expect(memoryUsage).toBeLessThan(900);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  }, 300_000);

  it('are refused by the command line with file, line and exit 1; so are a folder and what is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-bad-'));
    const write = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    mkdirSync(join(folder, 'folder'));
    const cases: [string, RegExp][] = [
      [write('seven.yaml', 'version: 7\npackages: {}\n'), /lock_version\).*seven\.yaml:1:1: version: .*7/],
      [write('corrupt.yaml', 'version: 2\npackages: [\n'), /lock_invalid\).*corrupt\.yaml:\d+:\d+: /],
      [write('cut.yaml', EXPORTED.slice(0, -5)), /lock_invalid\).*cut\.yaml:1:1: it is cut off/],
      [write('wide.yaml', Buffer.from(GOOD, 'utf16le')), /lock_invalid\).*wide\.yaml/],
      [write('large.yaml', `x: ${'y'.repeat(1_100_000)}`), /lock_invalid\).*large\.yaml: .*at most 1 MB/],
      [join(folder, 'folder'), /lock_file_unreadable\).*it is a folder/],
      [join(folder, 'none.yaml'), /lock_file_unreadable\).*there is no such file/],
    ];
    const before = contentsOf(lab.home);
    for (const [path, words] of cases) {
      const done = await ailab(['lock', 'import', path, '--home', lab.home]);
      expect([path, done.code, done.stdout, done.stderr]).toEqual([
        path,
        1,
        '',
        expect.stringMatching(words),
      ]);
    }
    expect(changesSince(before, lab.home)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

/** Null for a clean, named error with the file's name in it. */
function complaint(error: unknown, kind: string): string | null {
  if (!(error instanceof TRPCClientError)) return `${kind}: ${String(error)}`;
  const { lab: report } = error.data as { lab: { code: string; message: string; fix: string } | null };
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  const clean = report !== null && report.fix !== '' && !/[\u0000-\u0008\u001b\u007f]/.test(report.message);
  const named =
    report !== null &&
    ['lock_invalid', 'lock_version'].includes(report.code) &&
    report.message.includes('bad.yaml');
  return clean && named ? null : `${kind}: ${error.message.slice(0, 200)}`;
}

async function rss(pid: number): Promise<{ memoryUsage: number }> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return { memoryUsage: Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024 };
}
