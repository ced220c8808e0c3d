import { describe, expect, it } from 'vitest';
import { createStopFilter } from './stop-filter.ts';

function feed(stops: string[], pieces: string[]): { sent: string; stopped: boolean } {
  const filter = createStopFilter(stops);
  let sent = '';
  for (const piece of pieces) {
    const { text, stopped } = filter.push(piece);
    sent += text;
    if (stopped) return { sent, stopped };
  }
  return { sent: sent + filter.rest(), stopped: false };
}

describe('createStopFilter', () => {
  it.each([
    [['END'], ['one E', 'N', 'D two'], { sent: 'one ', stopped: true }],
    [['END'], ['one E', 'NTER'], { sent: 'one ENTER', stopped: false }],
    [['b', 'abc'], ['xa', 'bc'], { sent: 'x', stopped: true }],
    [['aab'], ['aa', 'ab'], { sent: 'a', stopped: true }],
    [[], ['any', 'thing'], { sent: 'anything', stopped: false }],
    [['\n\n'], ['a\n', 'b\n'], { sent: 'a\nb\n', stopped: false }],
  ])('%j in %j', (stops, pieces, expected) => {
    expect(feed(stops, pieces)).toEqual(expected);
  });

  it('sends at once what can not be the beginning of a stop string', () => {
    const filter = createStopFilter(['STOP']);
    expect(filter.push('hello').text).toBe('hello');
    expect(filter.push('ST').text).toBe('');
    expect(filter.push('AY').text).toBe('STAY');
  });
});
