import { describe, expect, it } from 'vitest';
import { safePath } from './session.ts';

describe('safePath', () => {
  it.each([
    ['/chat?c=1', '/chat?c=1'],
    ['/', '/'],
    [null, '/'],
    ['', '/'],
    ['//evil.example/x', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/login', '/'],
  ])('%s leads to %s', (path, to) => expect(safePath(path)).toBe(to));
});
