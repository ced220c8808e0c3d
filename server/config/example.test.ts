import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configFile } from '../schemas/config.ts';
import { CONFIG_DEFAULTS } from '../schemas/config-defaults.ts';
import { CONFIG_DOCS, CONFIG_KEYS, type KeyDoc } from '../schemas/config-docs.ts';
import { exampleConfig } from '../schemas/config-example.ts';
import { parseConfig } from './load.ts';

interface Node {
  properties?: Record<string, Node>;
}

function leaves({ properties }: Node, path = ''): string[] {
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([key, node]) =>
    leaves(node, path === '' ? key : `${path}.${key}`),
  );
}

const at = (value: unknown, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], value);

/** Every example line of the text made a line of YAML. */
const uncommented = (text: string) => text.replaceAll(/^#(?=[a-z_]+:| )(?! [^ ])/gm, '');

it('every key of the schema is documented, and nothing else', () => {
  const keys = leaves(z.toJSONSchema(configFile, { io: 'input' }) as Node);
  expect(keys.toSorted()).toEqual(CONFIG_KEYS.toSorted());
  for (const { doc } of Object.values<KeyDoc>(CONFIG_DOCS)) expect(doc).toMatch(/^[A-Z].{10,}\.$/);
});

it('the example is valid and says exactly the defaults', () => {
  const text = exampleConfig();
  expect(parseConfig('example', text).problems).toEqual([]);
  expect(parse(text)).toEqual({ ...CONFIG_DEFAULTS, images: undefined });
});

it('with every line uncommented it is valid, and shows every key', () => {
  const text = uncommented(exampleConfig());
  expect(parseConfig('example', text).problems).toEqual([]);
  const all: unknown = parse(text);
  for (const key of CONFIG_KEYS) {
    const { example } = CONFIG_DOCS[key] as KeyDoc;
    expect([key, at(all, key)]).toEqual([key, example ?? at(CONFIG_DEFAULTS, key)]);
  }
});

it('is the file in the repository (vitest -u writes it anew)', async () => {
  await expect(exampleConfig()).toMatchFileSnapshot('../../ai-lab.example.yaml');
});
