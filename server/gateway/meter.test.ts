import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBodyMeter, createStreamMeter } from './meter.ts';

const TIMINGS = {
  cache_n: 6,
  prompt_n: 4,
  prompt_ms: 20,
  predicted_n: 3,
  predicted_ms: 150,
  predicted_per_second: 20,
};
const delta = (content: string | null) => ({ choices: [{ delta: { content } }] });
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const STREAM = [
  ': ping\n\n',
  event({ choices: [{ delta: { role: 'assistant', content: null } }] }),
  event(delta('Hé')),
  event(delta('llo 🎉')),
  event({ choices: [{ delta: {}, finish_reason: 'stop' }], timings: TIMINGS }),
  'data: [DONE]\n\n',
].join('');
const NUMBERS = {
  promptTokens: 10,
  cachedTokens: 6,
  completionTokens: 3,
  promptMs: 20,
  generationMs: 150,
  tokensPerSecond: 20,
};

describe('the stream meter', () => {
  it('reads the same from any chunking, split in the middle of a character too', () => {
    const bytes = Buffer.from(STREAM);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const meter = createStreamMeter(true);
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          meter.feed(bytes.subarray(at, at + size));
          at += size;
        }
        meter.end();
        expect(meter).toMatchObject({
          text: 'Héllo 🎉',
          started: true,
          complete: true,
          failed: false,
          numbers: NUMBERS,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('counts the first token at the first words, not at the role chunk', () => {
    const meter = createStreamMeter(false);
    meter.feed(Buffer.from(event({ choices: [{ delta: { role: 'assistant', content: '' } }] })));
    expect(meter.started).toBe(false);
    meter.feed(Buffer.from(event(delta('H'))));
    expect(meter.started).toBe(true);
  });

  it('takes usage where it comes, and survives what is no JSON', () => {
    const meter = createStreamMeter(false);
    const usage = { prompt_tokens: 7, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1 } };
    meter.feed(Buffer.from(`data: {broken "usage"\n\ndata:\n\n${event({ choices: [], usage })}`));
    meter.end();
    expect(meter.numbers).toMatchObject({
      promptTokens: 7,
      completionTokens: 2,
      cachedTokens: 1,
      generationMs: null,
    });
    expect(meter.complete).toBe(false);
  });

  it('notices an error inside the stream', () => {
    const meter = createStreamMeter(false);
    meter.feed(Buffer.from(event({ error: { code: 500, message: 'x', type: 'server_error' } })));
    expect(meter.failed).toBe(true);
  });
});

describe('the body meter', () => {
  it('reads usage and timings of a whole reply', () => {
    const meter = createBodyMeter();
    const body = Buffer.from(
      JSON.stringify({ usage: { prompt_tokens: 10, completion_tokens: 3 }, timings: TIMINGS }),
    );
    meter.feed(body.subarray(0, 9));
    meter.feed(body.subarray(9));
    meter.end();
    expect(meter).toMatchObject({ complete: true, numbers: NUMBERS });
  });

  it('knows nothing of a body that is no JSON', () => {
    const meter = createBodyMeter();
    meter.feed(Buffer.from('<html>'));
    meter.end();
    expect(meter).toMatchObject({ complete: false, numbers: { promptTokens: null } });
  });
});
