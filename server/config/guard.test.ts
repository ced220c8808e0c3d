import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guardedChanges } from './guard.ts';

const command = (argv: string, phase = 'pre_apply') =>
  `hooks: { ${phase}: [{ name: x, type: command, command: [${argv}] }] }\n`;
const changes = (before: string, after: string) => guardedChanges(parse(before), parse(after));

describe('a browser', () => {
  it.each([
    [command('id'), 'hooks'],
    ['hooks: { post_apply: [{ name: x, type: http, url: "http://169.254.169.254/" }] }', 'hooks'],
    ['images: { weaviate: evil/image }', 'images'],
    ['model_path: /etc/passwd', 'model_path'],
    ['model_folders: [/]', 'model_folders'],
    ['embeddings: { model_path: /x }', 'embeddings.model_path'],
    ['allowed_hosts: [evil.test]', 'allowed_hosts'],
  ])('may not bring in %j', (text, key) => {
    expect(changes('', text)).toEqual([key]);
  });

  it.each([
    ['other arguments', command('id'), command('id, -u')],
    ['another phase', command('id'), command('id', 'post_apply')],
    ['another image', 'images: { grafana: a }', 'images: { grafana: b }'],
    ['the image of another service', 'images: { grafana: a }', 'images: { weaviate: a }'],
  ])('may not choose %s', (_what, before, after) => {
    expect(changes(before, after)).toHaveLength(1);
  });

  it('may keep them, take them out, and change the rest', () => {
    const before = `${command('id')}images: { grafana: a }\nmodel_path: /x\ncontext_size: nonsense\n`;
    expect(changes(before, `${before}profile: gpu\n`)).toEqual([]);
    expect(changes(before, 'hooks: { pre_apply: [weaviate-ready] }')).toEqual([]);
  });
});
