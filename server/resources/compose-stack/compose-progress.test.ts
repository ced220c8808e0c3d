import { describe, expect, it } from 'vitest';
import { errorWords } from './compose-cli.ts';
import { createLineReader, readComposeLine } from './compose-progress.ts';

describe('readComposeLine', () => {
  it.each([
    [
      '{"id":"Container p-web-1","status":"Creating"}',
      { kind: 'progress', id: 'Container p-web-1', text: 'Creating' },
    ],
    ['{"id":"web","text":"Pulling"}', { kind: 'progress', id: 'web', text: 'Pulling' }],
    [
      '{"id":"Container p-web-1","status":"Working","text":"Starting"}',
      { kind: 'progress', id: 'Container p-web-1', text: 'Starting' },
    ],
    [
      '{"id":"a1","parent_id":"web","status":"Working","current":1,"total":2,"percent":50}',
      { kind: 'progress', id: 'a1', text: 'Working' },
    ],
    ['{"error":true,"message":"port is taken"}', { kind: 'error', text: 'port is taken' }],
    [
      '{"id":"Container x","status":"Error","text":"Error","details":"no space"}',
      { kind: 'error', text: 'no space' },
    ],
    ['{"level":"error","msg":"boom"}', { kind: 'error', text: 'boom' }],
    ['plain words', { kind: 'plain', text: 'plain words' }],
    ['{"id":5}', { kind: 'plain', text: '{"id":5}' }],
  ])('%s', (line, word) => {
    expect(readComposeLine(line)).toEqual(word);
  });

  it('has nothing to say about an empty line', () => {
    expect(readComposeLine('  ')).toBeNull();
  });
});

describe('createLineReader', () => {
  it('joins lines that were split between chunks', () => {
    const seen: string[] = [];
    const reader = createLineReader((line) => seen.push(line));
    reader.feed('{"id":');
    reader.feed('"a"}\n{"id":"b"}\nla');
    reader.feed('st');
    reader.end();
    expect(seen).toEqual(['{"id":"a"}', '{"id":"b"}', 'last']);
  });
});

describe('errorWords', () => {
  const failed = (stderr: string) => ({ code: 1, stdout: '', stderr });

  it("is Compose's last error, without the daemon's preface", () => {
    const stderr =
      '{"id":"x","status":"Starting"}\n{"error":true,"message":"Error response from daemon: no such image."}\n';
    expect(errorWords(failed(stderr))).toBe('no such image');
  });

  it('is plain words where there is no JSON, and says so where there are none', () => {
    expect(errorWords(failed('yaml: line 3: did not find\n'))).toBe('yaml: line 3: did not find');
    expect(errorWords(failed(''))).toContain('code 1 and no word');
  });
});
