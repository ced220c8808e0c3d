/** The loaded model with its one sequence: text in, tokens out, with honest counts and times. */
import { ApiError } from './api-error.ts';
import { CHATML, createRenderer, type RenderChat } from './chat-template.ts';
import type { EvaluateOptions, LlamaModel, LlamaSequence, Token } from './llama.ts';
import { loadModel } from './load-model.ts';
import type { Sampling } from './request-schema.ts';
import { createStopFilter } from './stop-filter.ts';
import { createTokenText } from './token-text.ts';
import type { WorkerConfig } from '../resources/embedded-runtime/request.ts';

/** Prompt tokens per step. A client that left is noticed between steps; the size is fixed, so that results repeat. */
const PROMPT_STEP = 64;
const PENALTY_WINDOW = 64;

/** What one request cost, as measured; `cached` tokens were in the KV cache already. */
export interface Tally {
  promptTokens: number;
  cached: number;
  promptMs: number;
  generated: number;
  generatedMs: number;
  decodes: number;
  finish: 'stop' | 'length';
}

export interface Engine {
  readonly contextSize: number;
  readonly trainContextSize: number;
  renderChat: RenderChat;
  /** Tokens of a prompt; throws a 400 with the numbers when it leaves no room for an answer. */
  tokenize(prompt: string | Token[]): Token[];
  /** `tally` is filled as it goes, so that it is true also after an abort. Throws the signal's reason. */
  generate(job: GenerateJob): Promise<void>;
}

export interface GenerateJob {
  prompt: Token[];
  sampling: Sampling;
  signal: AbortSignal;
  tally: Tally;
  onText(text: string): void;
  /** The prompt is evaluated and the first token is there. */
  onPromptDone(): void;
}

export const emptyTally = (): Tally => ({
  promptTokens: 0,
  cached: 0,
  promptMs: 0,
  generated: 0,
  generatedMs: 0,
  decodes: 0,
  finish: 'length',
});

export async function loadEngine(config: WorkerConfig): Promise<Engine> {
  const { model, jinja } = await loadModel(config);
  const { contextSize, threads } = config;
  const context = await model.createContext({ contextSize, threads, sequences: 1 });
  const template = new jinja.Template(model.fileInfo.metadata.tokenizer?.chat_template ?? CHATML);
  const special = { bos: model.tokens.bosString ?? '', eos: model.tokens.eosString ?? '' };
  return createEngine(model, context.getSequence(), contextSize, createRenderer(template, special));
}

export function createEngine(
  model: LlamaModel,
  sequence: LlamaSequence,
  contextSize: number,
  renderChat: RenderChat,
): Engine {
  return {
    contextSize,
    trainContextSize: model.trainContextSize,
    renderChat,

    tokenize(prompt) {
      const tokens = typeof prompt === 'string' ? model.tokenize(prompt, true) : prompt;
      const { bos, shouldPrependBosToken } = model.tokens;
      const whole = shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
      if (whole.length === 0) throw new ApiError(400, 'invalid_request_error', 'The prompt is empty.');
      if (whole.length >= contextSize) throw tooLong(whole.length, contextSize);
      return whole;
    },

    async generate({ prompt, sampling, signal, tally, onText, onPromptDone }) {
      const begun = performance.now();
      tally.promptTokens = prompt.length;
      // At least the last token is evaluated: its result is what the first new token is drawn from.
      await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
      tally.cached = sequence.nextTokenIndex;
      let next = tally.cached;
      while (prompt.length - next > PROMPT_STEP) {
        signal.throwIfAborted();
        await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(next, next + PROMPT_STEP));
        next += PROMPT_STEP;
        tally.decodes += 1;
        tally.promptMs = performance.now() - begun;
      }
      signal.throwIfAborted();
      const text = createTokenText(model, prompt);
      const filter = createStopFilter(sampling.stop);
      const all = [...prompt];
      const send = (piece: string) => piece !== '' && onText(piece);
      let firstAt = 0;
      for await (const token of sequence.evaluate(prompt.slice(next), evaluateOptions(sampling, all))) {
        tally.decodes += 1;
        tally.generated += 1;
        if (firstAt === 0) {
          firstAt = performance.now();
          tally.promptMs = firstAt - begun;
          onPromptDone();
        }
        tally.generatedMs = performance.now() - firstAt;
        signal.throwIfAborted();
        all.push(token);
        tally.finish = 'stop';
        if (model.isEogToken(token)) break;
        const passed = filter.push(text.push(token));
        send(passed.text);
        if (passed.stopped) return;
        tally.finish = 'length';
        if (tally.generated >= sampling.maxTokens || all.length >= contextSize) break;
      }
      const last = filter.push(text.rest());
      send(last.text);
      if (!last.stopped) send(filter.rest());
    },
  };
}

function evaluateOptions(sampling: Sampling, all: Token[]): EvaluateOptions {
  const { temperature, topP, topK, minP, seed, frequencyPenalty, presencePenalty } = sampling;
  const punishes = frequencyPenalty !== 0 || presencePenalty !== 0;
  return {
    temperature,
    topP,
    topK,
    minP,
    yieldEogToken: true,
    ...(seed === undefined ? {} : { seed }),
    ...(punishes
      ? {
          repeatPenalty: {
            punishTokens: () => all.slice(-PENALTY_WINDOW),
            penalty: 1,
            frequencyPenalty,
            presencePenalty,
          },
        }
      : {}),
  };
}

function tooLong(tokens: number, contextSize: number): ApiError {
  return new ApiError(
    400,
    'exceed_context_size_error',
    `The prompt has ${tokens} tokens, but the context holds ${contextSize} with the answer. Shorten it, or raise context_size.`,
    { n_prompt_tokens: tokens, n_ctx: contextSize },
  );
}
