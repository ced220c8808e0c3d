/** The part of node-llama-cpp 3.22 that we use. It is no dependency of ours: it lies in the home, and is loaded from there. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Token = number;

export interface EvaluateOptions {
  temperature: number;
  topP: number;
  topK: number;
  minP: number;
  seed?: number;
  repeatPenalty?: {
    punishTokens: () => Token[];
    penalty: number;
    frequencyPenalty: number;
    presencePenalty: number;
  };
  yieldEogToken: boolean;
}

export interface LlamaSequence {
  /** How many tokens its KV cache holds. */
  readonly nextTokenIndex: number;
  /** Drops from the KV cache what differs from `tokens`. */
  adaptStateToTokens(tokens: Token[], allowShift: boolean): Promise<void>;
  evaluate(tokens: Token[], options: EvaluateOptions): AsyncGenerator<Token, void, void>;
  evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void>;
}

export interface LlamaModel {
  readonly tokens: {
    bos: Token | null;
    bosString: string | null;
    eosString: string | null;
    shouldPrependBosToken: boolean;
  };
  readonly trainContextSize: number;
  readonly fileInfo: { metadata: { tokenizer?: { chat_template?: string } } };
  tokenize(text: string, specialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[], specialTokens: boolean, lastTokens: readonly Token[]): string;
  isEogToken(token: Token): boolean;
  createContext(options: { contextSize: number; threads: number; sequences: 1 }): Promise<LlamaContext>;
}

export interface EmbeddingModel extends LlamaModel {
  createEmbeddingContext(options: {
    contextSize: number;
    batchSize: number;
    threads: number;
  }): Promise<LlamaEmbeddingContext>;
}

export interface LlamaEmbeddingContext {
  /** Puts the model's first and last token around them, where it wants any. */
  getEmbeddingFor(tokens: Token[]): Promise<{ vector: readonly number[] }>;
  calculateInputLength(tokens: Token[]): number;
}

export interface LlamaContext {
  readonly contextSize: number;
  getSequence(): LlamaSequence;
}

interface Llama {
  loadModel(options: { modelPath: string; gpuLayers: number | 'auto' }): Promise<EmbeddingModel>;
}

interface LlamaModule {
  getLlama(options: {
    gpu: false | 'metal';
    build: 'never';
    skipDownload: true;
    progressLogs: false;
    logLevel: 'warn';
    logger(level: string, message: string): void;
    maxThreads: number;
  }): Promise<Llama>;
}

export interface JinjaTemplate {
  render(values: Record<string, unknown>): string;
}

interface JinjaModule {
  Template: new (source: string) => JinjaTemplate;
}

export interface Library {
  llama: LlamaModule;
  jinja: JinjaModule;
}

/** The casts hold because package-tools installs exactly the version whose declarations are repeated above. */
export async function loadLibrary(prefix: string): Promise<Library> {
  const require = createRequire(pathToFileURL(join(prefix, 'package.json')));
  const entry = require.resolve('node-llama-cpp');
  const jinja = createRequire(pathToFileURL(entry)).resolve('@huggingface/jinja');
  return {
    llama: (await import(pathToFileURL(entry).href)) as LlamaModule,
    jinja: (await import(pathToFileURL(jinja).href)) as JinjaModule,
  };
}
