/**
 * Replies that are being written now. The server owns them: they go on when the page that asked is closed or loaded
 * anew, any number of pages can follow one, and what has come so far is in the database all the while.
 */
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../lib/log.ts';
import type { Reasoning, ReplyPiece } from '../schemas/chat.ts';
import type { ReplyEnd } from './chats.ts';
import { writeIfPossible, writeOnceWritable } from './patient-write.ts';

/** What has come so far; grows under the reader's eyes. */
export interface GrowingReply {
  readonly text: string;
  readonly reasoning: Reasoning | null;
}

export interface LiveReplies {
  /** Is there such a reply that waits for its words, and that nobody writes yet? */
  awaits(messageId: string): boolean;
  /** A reply begins; the answer is called whenever it has grown. */
  begin(messageId: string, reply: GrowingReply, stop: () => void): () => void;
  end(messageId: string, end: ReplyEnd): void;
  /** The reply from its start, and then as it grows, until it ends. */
  follow(messageId: string, signal: AbortSignal): AsyncIterable<ReplyPiece>;
  /** Ends a reply early; what has come is kept. One that nobody writes ends as well. */
  stop(messageId: string): void;
  close(): void;
}

interface Stored {
  awaits(messageId: string): boolean;
  /** Writes down what has come so far. */
  progress(messageId: string, reply: GrowingReply): void;
  end(messageId: string, end: Pick<ReplyEnd, 'state' | 'error'> | ReplyEnd): void;
}

interface Live {
  reply: GrowingReply;
  startedAt: number;
  savedAt: number;
  stop: () => void;
}

/** Followers are told at most this often. */
const TELL_EVERY_MS = 40;
const SAVE_EVERY_MS = 2000;
/** A page sends its question at once; one that takes longer was closed before it could. */
const UNSENT_AFTER_MS = 15_000;

const UNSENT = 'The question never reached the model: the page was closed before it was sent.';

/** `onChange`: a reply has begun or ended. */
export function createLiveReplies(
  stored: Stored,
  onChange: () => void,
  unsentAfterMs = UNSENT_AFTER_MS,
): LiveReplies {
  const live = new Map<string, Live>();
  const changes = new EventEmitter().setMaxListeners(0);

  /** Resolves at the reply's next change, or after the time; false when the reader is gone. */
  const changed = async (messageId: string, signal: AbortSignal, withinMs: number): Promise<boolean> => {
    const late = AbortSignal.timeout(withinMs);
    await once(changes, messageId, { signal: AbortSignal.any([signal, late]) }).catch(() => undefined);
    return !signal.aborted;
  };

  async function* follow(messageId: string, signal: AbortSignal): AsyncGenerator<ReplyPiece> {
    if (!live.has(messageId) && stored.awaits(messageId)) {
      if (!(await changed(messageId, signal, unsentAfterMs))) return;
      if (!live.has(messageId)) stored.end(messageId, { state: 'failed', error: UNSENT });
      onChange();
    }
    const one = live.get(messageId);
    if (one === undefined) return;
    const { reply, startedAt } = one;
    let told = { text: reply.text, thought: reply.reasoning?.text ?? '' };
    yield { whole: true, startedAt, ...told, thoughtMs: reply.reasoning?.ms ?? null };
    for (;;) {
      // Looked at before the words, so that the last of them are told too.
      const going = live.get(messageId) === one;
      const now = { text: reply.text, thought: reply.reasoning?.text ?? '' };
      if (now.text.length > told.text.length || now.thought.length > told.thought.length) {
        yield {
          whole: false,
          startedAt,
          text: now.text.slice(told.text.length),
          thought: now.thought.slice(told.thought.length),
          thoughtMs: reply.reasoning?.ms ?? null,
        };
        told = now;
        await sleep(TELL_EVERY_MS);
      } else if (!going || !(await changed(messageId, signal, SAVE_EVERY_MS))) return;
      if (signal.aborted) return;
    }
  }

  return {
    awaits: (messageId) => !live.has(messageId) && stored.awaits(messageId),
    begin(messageId, reply, stop) {
      const now = Date.now();
      const one = { reply, startedAt: now, savedAt: now, stop };
      live.set(messageId, one);
      changes.emit(messageId);
      onChange();
      return () => {
        changes.emit(messageId);
        if (Date.now() - one.savedAt < SAVE_EVERY_MS) return;
        one.savedAt = Date.now();
        // Its conversation was deleted, or the reply was asked for anew: nobody will ever read it.
        if (!stored.awaits(messageId)) stop();
        else writeIfPossible('a reply so far', () => stored.progress(messageId, reply));
      };
    },
    end(messageId, end) {
      const write = () => {
        stored.end(messageId, end);
        live.delete(messageId);
        changes.emit(messageId);
        onChange();
      };
      void writeOnceWritable('a reply', write).catch((error: unknown) => {
        live.delete(messageId);
        createLogger('chat').error(`the reply ${messageId} is lost`, error);
      });
    },
    follow,
    stop(messageId) {
      const one = live.get(messageId);
      if (one !== undefined) one.stop();
      else stored.end(messageId, { state: 'stopped', error: null });
    },
    close() {
      for (const { stop } of live.values()) stop();
    },
  };
}
