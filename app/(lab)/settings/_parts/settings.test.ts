import { describe, expect, it } from 'vitest';
import { curlSnippet } from './snippet.ts';
import { browserName } from './user-agent.ts';

describe('browserName', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36';
  it.each([
    [chrome, 'Chrome on Linux'],
    [`${chrome} Edg/143.0`, 'Edge on Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) CriOS/143.0 Mobile Safari/604.1',
      'Chrome on iOS',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; rv:146.0) Gecko/20100101 Firefox/146.0', 'Firefox on Windows'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', 'A program without a name'],
  ])('%s', (agent, name) => expect(browserName(agent)).toBe(name));
});

describe('curlSnippet', () => {
  it('is one command with a body that is JSON', () => {
    const snippet = curlSnippet('http://localhost:3000/v1', 'sk-ailab-x');
    expect(snippet).toContain(
      "curl http://localhost:3000/v1/chat/completions \\\n  -H 'Authorization: Bearer sk-ailab-x'",
    );
    const body = /-d '(.*)'/.exec(snippet)?.[1] ?? '';
    expect(JSON.parse(body)).toMatchObject({ model: 'default' });
  });
});
