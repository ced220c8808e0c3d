import { describe, expect, it } from 'vitest';
import { LabError } from '../lib/errors.ts';
import { locateHome } from '../lib/home.ts';
import { containerLines, fileLine } from './log-sources.ts';

describe('a line of a file', () => {
  it('gives its time where it tells one', () => {
    expect(fileLine('model', '2026-11-22T09:00:00.123Z I listening')).toEqual({
      time: '2026-11-22T09:00:00.123Z',
      service: 'model',
      stream: 'both',
      text: 'I listening',
    });
    expect(fileLine('model', '0.00.412.101 I srv init')).toMatchObject({
      time: null,
      text: '0.00.412.101 I srv init',
    });
    expect(fileLine('model', '2026-99-99T99:99:99Z x')).toMatchObject({ time: null });
  });
});

/** T16: what a hostile program may print, and the one text that is left of it. */
const ESC = '\u001b';
const PAYLOADS: [string, string][] = [
  [`${ESC}[31mred${ESC}[0m`, 'red'],
  [`${ESC}[1;4;38;5;196mloud${ESC}[m`, 'loud'],
  [`${ESC}[38;2;255;0;0mtrue${ESC}[39m`, 'true'],
  [`${ESC}[2J${ESC}[Hcleared`, 'cleared'],
  [`${ESC}[3Jscrollback`, 'scrollback'],
  [`${ESC}[1A${ESC}[2Kover`, 'over'],
  [`${ESC}[10;10Hplaced`, 'placed'],
  [`${ESC}[?1049hother screen${ESC}[?1049l`, 'other screen'],
  [`${ESC}[?25lhidden cursor`, 'hidden cursor'],
  [`${ESC}[8mhidden${ESC}[28m`, 'hidden'],
  [`${ESC}[6nasked`, 'asked'],
  [`${ESC}[cidentify`, 'identify'],
  [`${ESC}[21ttitle back`, 'title back'],
  [`${ESC}[5ilocal print`, 'local print'],
  [`${ESC}[`, ''],
  [`${ESC}[31`, ''],
  [`${ESC}]0;title\u0007text`, 'text'],
  [`${ESC}]2;title${ESC}\\text`, 'text'],
  [`${ESC}]52;c;cm0gLXJmIC8=\u0007clipboard`, 'clipboard'],
  [`${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
  [`${ESC}]1337;File=name=eA==:AAAA\u0007image`, 'image'],
  [`${ESC}]4;0;rgb:00/00/00${ESC}\\palette`, 'palette'],
  [`${ESC}]777;notify;a;b\u0007note`, 'note'],
  [`${ESC}]0;never ended`, ''],
  [`${ESC}P1$r0m${ESC}\\dcs`, 'dcs'],
  [`${ESC}Pq#0;2;0;0;0${ESC}\\sixel`, 'sixel'],
  [`${ESC}_Gf=24;AAAA${ESC}\\kitty`, 'kitty'],
  [`${ESC}^private${ESC}\\pm`, 'pm'],
  [`${ESC}Xstring${ESC}\\sos`, 'sos'],
  [`${ESC}creset`, 'reset'],
  [`${ESC}7save${ESC}8`, 'save'],
  [`${ESC}(0lines${ESC}(B`, 'lines'],
  [`${ESC}#8align`, 'align'],
  [`${ESC}${ESC}[31mtwice`, 'twice'],
  [`${ESC}${ESC}${ESC}`, ''],
  ['\u009b31mc1 csi', 'c1 csi'],
  ['\u009d0;title\u009cc1 osc', 'c1 osc'],
  ['\u0090q\u009cc1 dcs', 'c1 dcs'],
  ['\u0085next', 'next'],
  ['good\rbad', 'goodbad'],
  ['bell\u0007', 'bell'],
  ['erase\u0008\u0008\u0008', 'erase'],
  ['form\u000cvertical\u000b', 'formvertical'],
  ['nul\u0000del\u007f', 'nuldel'],
  ['shift\u000e\u000f', 'shift'],
  ['flow\u0011\u0013', 'flow'],
  ['exe\u202egnp.', 'exe<U+202E>gnp.'],
  ['\u2066isolate\u2069', '<U+2066>isolate<U+2069>'],
  ['zero\u200bwidth\u200d\ufeff', 'zero<U+200B>width<U+200D><U+FEFF>'],
  ['<img src=x onerror=alert(1)> & {{x}} ${x}', '<img src=x onerror=alert(1)> & {{x}} ${x}'],
  ['two\u2028lines', 'two<U+2028>lines'],
  ['tab\tand ünïcödé 漢字 stay', 'tab\tand ünïcödé 漢字 stay'],
];

describe('hostile output', () => {
  it('has fifty payloads at least', () => expect(PAYLOADS.length).toBeGreaterThanOrEqual(50));

  it.each(PAYLOADS)('%j is only text', (payload, text) => {
    expect(fileLine('model', payload).text).toBe(text);
    expect(fileLine('model', `2026-11-22T09:00:00Z ${payload}`).text).toBe(text);
  });
});

describe('lines of a container', () => {
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'test' };
  const home = locateHome('/nowhere', env);
  const line = (at: number, text: string) => ({ stream: 'stdout' as const, at, text });

  async function follow(lives: (ReturnType<typeof line>[] | LabError)[]): Promise<string[]> {
    const abort = new AbortController();
    let life = 0;
    const read = async function* () {
      const now = lives[life++];
      if (now instanceof LabError) throw now;
      yield* now ?? [];
      if (life === lives.length) abort.abort();
    };
    const input = { service: 'model', tail: 200, follow: true };
    const options = { home, env, input, signal: abort.signal };
    return (await Array.fromAsync(containerLines(options, read, async () => undefined))).map(
      ({ text }) => text,
    );
  }
  const gone = new LabError({ code: 'service_not_running', message: 'm', fix: 'f', status: 404 });

  it('goes on with its next life, each line once, also those of one millisecond', async () => {
    const first = [line(1, 'a'), line(2, 'b'), line(2, 'c')];
    expect(await follow([first, gone, [...first, line(2, 'd'), line(3, 'e')]])).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
  });

  it('says so when there is none at the start', async () => {
    await expect(follow([gone])).rejects.toMatchObject({ code: 'service_not_running' });
  });
});
