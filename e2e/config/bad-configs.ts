/** Bad `ai-lab.yaml` files, bad by construction, from one seed: the same thousand every time. */

export interface BadConfig {
  kind: string;
  bytes: Buffer;
}

const GOOD = `# a lab
profile: default
engine: auto
services: [weaviate, grafana]
context_size: 4096
ports:
  model: 18080
  grafana: 13000
hooks:
  pre_apply: [weaviate-ready]
cost: { currency: EUR, electricity_per_kwh: 0.3, idle_watts: 15, busy_watts: 45 }
`;

interface Dice {
  /** A whole number below n. */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
}

function dice(seed: number): Dice {
  let state = seed;
  const below = (n: number) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  return { below, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}

type Maker = (dice: Dice) => string | Buffer;

const KEYS = [
  'model_id',
  'model_path',
  'profile',
  'engine',
  'services',
  'context_size',
  'ports',
  'images',
  'hooks',
  'cost',
];

/** Wrong for every key of the top at once. */
const WRONG = [
  'true',
  '-1',
  '0.5',
  '{ a: 1 }',
  '[[1]]',
  '""',
  '2001-01-01T00:00:00Z x: y',
  '[null]',
  '.nan',
  '!!set { a }',
];

const MAKERS: Record<string, Maker> = {
  truncated({ pick, below }) {
    // Within brackets or quotes: what is left can't be whole.
    const open = pick([
      'services: [weaviate, grafana]',
      'cost: { currency: EUR, idle_watts: 15 }',
      'model_path: "/x y"',
    ]);
    const from = /[[{"]/.exec(open)?.index ?? 0;
    return `${GOOD.slice(0, GOOD.indexOf('services'))}${open.slice(0, from + 1 + below(open.length - from - 2))}`;
  },
  'huge count': ({ pick, below }) =>
    pick([
      `context_size: ${'9'.repeat(1 + below(20_000) + 7)}`,
      `context_size: 1e${10 + below(400)}`,
      `ports: { model: ${65_536 + below(2 ** 31)} }`,
      `services: [${'weaviate, '.repeat(4 + below(2500))}]`,
      `model_folders: [${'/x, '.repeat(51 + below(5000))}]`,
      `model_path: ${'x'.repeat(4097 + below(20_000))}`,
      `${'k'.repeat(1 + below(30_000))}: 1`,
      `x: ${'y'.repeat(32_768 + below(2 ** 20))}`,
      Array.from({ length: 100 + below(2500) }, (_, at) => `k${at}: 1`).join('\n'),
      `hooks: { pre_apply: [${'weaviate-ready, '.repeat(2 + below(1500))}] }`,
    ]),
  'cycle or bomb': ({ pick, below }) =>
    pick([
      `model_path: &a [*a${', *a'.repeat(below(50))}]`,
      `ports: &p { model: *p, x${below(99)}: *p }`,
      [
        'a: &a0 [x,x,x,x,x,x,x,x,x]',
        ...Array.from({ length: 5 + below(20) }, (_, at) => `a${at}: &a${at + 1} [${`*a${at},`.repeat(9)}]`),
      ].join('\n'),
      `services: *nowhere${below(99)}`,
      `model_id: &a x\nservices: [${'*a, '.repeat(30 + below(3000))}]`,
      Array.from({ length: 50 + below(800) }, (_, at) => `k${at}: &a${at} x\nl${at}: *a${at}`).join('\n'),
      `<<: &m { profile: fast${below(99)} }\nprofile: *m`,
    ]),
  'wrong type'({ pick, below }) {
    const key = pick(KEYS);
    return `${'# line\n'.repeat(below(20))}${key}: ${pick(WRONG)}\n`;
  },
  'unknown key': ({ pick, below }) =>
    pick([
      `profil${below(99)}: gpu`,
      `ports: { modell${below(99)}: 18080 }`,
      `cost: { currency: EUR, electricity_per_kwh: 1, idle_watts: 1, busy_watts: 1, x${below(99)}: 1 }`,
      `__proto__: { polluted: ${below(99)} }`,
      `constructor: { prototype: ${below(99)} }`,
      `ports: { __proto__: ${below(99)} }`,
      `images: { postgres${below(99)}: x }`,
      `"\\e[31m${below(99)}": 1`,
      `? [a, b${below(99)}]\n: c`,
      `${below(1e6)}: 1`,
    ]),
  'control character'({ pick, below }) {
    const code = pick([0, 1, 7, 8, 11, 12, 14, 27, 31, 127, 0x80, 0x9b, 0xfffe, 0xffff]);
    const raw = String.fromCodePoint(code);
    const at = below(GOOD.length);
    return pick([
      `${GOOD.slice(0, at)}${raw}${GOOD.slice(at)}`,
      `model_path: "/x${`\\u${code.toString(16).padStart(4, '0')}`}y${below(99)}"`.replace(
        /\\uff(fe|ff)/,
        '\\0',
      ),
      `model_path: "/a\\nb${below(99)}"`,
      `hooks: { pre_apply: [{ name: "a\\0${below(99)}", type: http, url: http://x }] }`,
    ]);
  },
  'path escape': ({ pick, below }) =>
    pick([
      `model_id: ${'../'.repeat(1 + below(20))}etc/passwd`,
      `model_id: org/name:${'../'.repeat(1 + below(20))}secret.gguf`,
      `model_id: org/name@../../${below(99)}`,
      `model_id: org/..${below(99)}`,
      `model_id: /etc/passwd${below(99)}`,
      `model_id: "file:///etc/passwd${below(99)}"`,
      `model_id: C:\\Windows\\${below(99)}`,
      `model_path: "/x\\0/../../etc/passwd${below(99)}"`,
      `allowed_hosts: ["../${below(99)}"]`,
      `images: { "../weaviate${below(99)}": x }`,
    ]),
  'other encoding'({ pick, below }) {
    const text = `# Grün ${below(999)}\n${GOOD}`;
    const at = below(GOOD.length);
    const broken = (bytes: number[]) =>
      Buffer.concat([Buffer.from(GOOD.slice(0, at)), Buffer.from(bytes), Buffer.from(GOOD.slice(at))]);
    return pick([
      () => Buffer.from(`\uFEFF${text}`, 'utf16le'),
      () => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
      () => Buffer.from(text, 'utf16le'),
      () => Buffer.from(text, 'latin1'),
      () => Buffer.from(text.replaceAll('\n', '\u0000\u0000\n'), 'latin1'),
      () => broken([0xc0, 0xaf]),
      () => broken([0xed, 0xa0, 0x80]),
      () => broken([0x80 + below(64)]),
      () => broken([0xf8, 0x88, 0x80, 0x80, 0x80]),
      () => Buffer.from(Array.from({ length: 200 + below(2000) }, () => 0x80 + below(0x80))),
    ])();
  },
  'deep nesting'({ pick, below }) {
    const depth = 70 + below(16_000);
    return pick([
      '['.repeat(depth),
      `ports: ${'['.repeat(depth)}${']'.repeat(depth)}`,
      `ports: ${'{a: '.repeat(Math.min(depth, 6000))}`,
      '- '.repeat(depth),
      '? '.repeat(depth),
      '- ? '.repeat(Math.min(depth, 8000)),
      ': '.repeat(depth),
      Array.from({ length: 10 + below(200) }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      Array.from({ length: 10 + below(200) }, (_, at) => `${' '.repeat(at)}?`).join('\n'),
    ]);
  },
  'broken YAML': ({ pick, below }) =>
    pick([
      `a${below(99)}: b: c`,
      `\tprofile: gpu # ${below(99)}`,
      `profile: gpu\nprofile: default # ${below(99)}`,
      `ports: { model: 18080, model: ${18_081 + below(99)} }`,
      `- a\n- b${below(99)}`,
      `just words ${below(99)}`,
      `profile: default\n---\nprofile: gpu # ${below(99)}`,
      `model_path: !!js/function x${below(99)}`,
      `%YAML 9.${below(99)}\n%X\nprofile: default`,
      '"'.repeat(3 + below(16_000)),
      `${'!a '.repeat(2 + below(10_000))}`,
      `${'&a '.repeat(2 + below(10_000))}`,
      'a: b: c\n'.repeat(1 + below(4000)),
      `<html><body>${below(99)}</body></html>\nx`,
      `{"profile": "default", ${below(99)}`,
      `PK\u0003\u0004${below(99)}`,
    ]),
  'bad value': ({ pick, below }) =>
    pick([
      `cost: { currency: E${below(99)}, electricity_per_kwh: 1, idle_watts: 1, busy_watts: 1 }`,
      `cost: { currency: EUR, electricity_per_kwh: 1, idle_watts: ${2 + below(99)}, busy_watts: 1 }`,
      `hooks: { pre_apply: [{ name: x, type: command, command: [], timeout: ${below(99)}m }] }`,
      `hooks: { pre_apply: [{ name: x, type: command, command: [id], timeout: ${below(99)} minutes }] }`,
      `hooks: { pre_apply: [{ name: x, type: command, command: [id], timeout: -${1 + below(99)}s }] }`,
      `hooks: { post_apply: [{ name: x${below(99)}, type: http }] }`,
      `hooks: { post_apply: [{ name: x, type: http, url: "file:///etc/${below(99)}" }] }`,
      `hooks: { pre_apply: [weaviate-ready${below(99)}] }`,
      `allowed_hosts: ["*.evil${below(99)}.test"]`,
      `ports: { model: ${below(1024)} }`,
      `runtime: vllm${below(99)}`,
    ]),
};

export function badConfigs(count: number, seed = 20_261_122): BadConfig[] {
  const random = dice(seed);
  const kinds = Object.entries(MAKERS);
  return Array.from({ length: count }, (_, at) => {
    const [kind, make] = kinds[at % kinds.length] as [string, Maker];
    const made = make(random);
    return { kind, bytes: typeof made === 'string' ? Buffer.from(made) : made };
  });
}
