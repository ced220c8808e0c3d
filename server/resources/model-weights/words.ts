/** Errors about weights: each says what happened, where, and the exact next step. */
import { errnoOf, LabError } from '../../lib/errors.ts';

/** Fix for a wrong path: every place a model path can come from. */
const PLACES = 'correct model_path (in ai-lab.yaml, MODEL_PATH or --model-path)';
export const CORRECT_PATH = `C${PLACES.slice(1)}`;
export const OR_CORRECT_PATH = `or ${PLACES}`;

const GET_AGAIN = 'Delete the file and download it again, or choose another model';

/** Text from a file or a folder entry, safe to print: no control or direction characters, bounded. */
export function plain(text: string, max = 400): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}

/** `a, b and 3 more`. */
export function list(names: readonly string[], max = 8): string {
  const shown = names.slice(0, max).map((name) => plain(name, 120));
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

export function weightsError(
  code: string,
  message: string,
  fix: string,
  extra: { status?: number; details?: Record<string, unknown>; cause?: unknown } = {},
): LabError {
  return new LabError({ code, message, fix, status: 422, ...extra });
}

/** What the system said about a path, as a named error. `weights_unreadable` and `weights_io` mean: we could not look. */
export function fileError(path: string, error: unknown): LabError {
  const errno = errnoOf(error);
  const where = plain(path);
  if (errno === 'ENOENT' || errno === 'ENOTDIR')
    return weightsError('weights_not_found', `There is no file or folder ${where}.`, `${CORRECT_PATH}.`, {
      status: 404,
      cause: error,
    });
  if (errno === 'ENAMETOOLONG')
    return weightsError('weights_not_found', `The path ${where} is too long to exist.`, `${CORRECT_PATH}.`, {
      status: 404,
      cause: error,
    });
  if (errno === 'ELOOP')
    return weightsError(
      'weights_dangling_link',
      `${where} is a link that leads back to itself.`,
      `Remove the link, ${OR_CORRECT_PATH}.`,
      { cause: error },
    );
  if (errno === 'EACCES' || errno === 'EPERM')
    return weightsError(
      'weights_unreadable',
      `${where} can't be read: this user has no right to it (${errno}).`,
      `Give yourself the right to read it and its folders (for example \`chmod u+r\`), ${OR_CORRECT_PATH}.`,
      { cause: error },
    );
  const words = error instanceof Error ? error.message : String(error);
  return weightsError(
    'weights_io',
    `Reading ${where} failed: ${errno ?? plain(words)}.`,
    'Check the disk or network drive that holds it, then try again.',
    { cause: error },
  );
}

/** The file ends before what its header says. `expected` is null when it ends inside the header itself. */
export function truncated(path: string, expected: number | null, actual: number): LabError {
  const message =
    expected === null
      ? `${plain(path)} is cut off: its ${actual.toLocaleString('en')} bytes end inside the GGUF header.`
      : `${plain(path)} is cut off: its header asks for ${expected.toLocaleString('en')} bytes, the file has ${actual.toLocaleString('en')}.`;
  return weightsError('weights_truncated', message, `${GET_AGAIN}.`, { details: { expected, actual } });
}

/** The header contradicts the GGUF format or our limits. `why` completes "… is not a sound GGUF file: ". */
export function corrupt(path: string, why: string): LabError {
  return weightsError(
    'weights_corrupt',
    `${plain(path)} is not a sound GGUF file: ${plain(why)}.`,
    `${GET_AGAIN}.`,
  );
}
