/**
 * Hugging Face's `hf`: found on this machine, or brought into the home because a pull asks for it. An old
 * `huggingface-cli` does as well; from huggingface_hub 1.0 on, that name only prints that it is dead.
 */
import type { ApplyContext } from '../../engine/resource.ts';
import { isAbort, isLabError, LabError } from '../../lib/errors.ts';
import { exec } from '../../lib/exec.ts';
import type { Home } from '../../lib/home.ts';
import { isProgram, which } from '../../lib/which.ts';
import type { Item } from '../../schemas/lab.ts';
import { createBrew } from './brew.ts';
import type { PackageManager } from './package-manager.ts';
import { createPip } from './pip.ts';
import { createPipx } from './pipx.ts';
import { installEnv, normalName, type PythonTools } from './python-tools.ts';
import { createUv } from './uv.ts';

/** The one that this version was tested with. */
export const HF_PACKAGE = { name: 'huggingface_hub', version: '2.4.0' } as const;
export const BREW_HF = 'hf';
const COMMAND = 'hf';

export interface Hf {
  path: string;
  version: string;
}

export interface HfOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
}

/** In the order in which they are asked. */
export function hfTools(options: HfOptions): PythonTools[] {
  return [createUv(options), createPipx(options), createPip(options)];
}

/** The user's own `hf`, else the home's, else an old `huggingface-cli`; null where none works. */
export async function findHf(options: HfOptions, signal: AbortSignal): Promise<Hf | null> {
  const { env } = options;
  const own = hfTools(options).map((tools) => tools.program(HF_PACKAGE.name, COMMAND));
  for (const path of [which(COMMAND, env), ...own]) {
    const version = path === undefined || !isProgram(path) ? null : await ask(path, ['version'], env, signal);
    if (path !== undefined && version !== null) return { path, version };
  }
  const old = which('huggingface-cli', env);
  const version = old === undefined ? null : await ask(old, ['env'], env, signal);
  return old === undefined || version === null || !canDownload(version) ? null : { path: old, version };
}

const ANSWER_MS = 20_000;

/** What a program says its version is; null when it is another one, or dead. */
async function ask(
  path: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  const own = { HF_HUB_DISABLE_UPDATE_CHECK: '1', HF_HUB_OFFLINE: '1' };
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const { code, stdout, stderr } = await exec(path, args, { env: installEnv(env, own), signal: until });
    const found = /\bversion:\s+v?(\d+\.\d+[\w.]*)/.exec(`${stdout}\n${stderr}`);
    return code === 0 ? (found?.[1] ?? null) : null;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** `download` came with huggingface_hub 0.17. */
function canDownload(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 0 || minor >= 17;
}

/**
 * Brings `hf` by the first manager that can. Throws `hf_not_installable` with what each of them said; `null` where
 * there is no manager at all.
 */
export async function installHf(options: HfOptions, context: ApplyContext): Promise<Hf | null> {
  const { env } = options;
  const tools = hfTools(options);
  const managers: PackageManager[] = process.platform === 'darwin' ? [...tools, createBrew(env)] : tools;
  const said: string[] = [];
  for (const manager of managers) {
    if (!(await manager.available(context.signal))) continue;
    try {
      const spec = manager.id === 'brew' ? { name: BREW_HF, version: null } : HF_PACKAGE;
      await manager.install(spec, context);
      const hf = await findHf(options, context.signal);
      if (hf !== null) return hf;
      said.push(`${manager.id} installed it, and it does not run`);
    } catch (error) {
      if (context.signal.aborted || isAbort(error) || !isLabError(error)) throw error;
      said.push(error.message);
    }
  }
  if (said.length === 0) return null;
  throw new LabError({
    code: 'hf_not_installable',
    message: `No package manager could bring hf. ${said.join(' ')}`,
    fix: 'Install it yourself (`pip install huggingface_hub`), or set AILAB_DOWNLOADER=plain to download without it.',
    status: 503,
  });
}

/** What a pull has brought into the home, as items; read from the disk. */
export function hfItems(options: HfOptions): Item[] {
  const items: Item[] = [];
  for (const tools of hfTools(options)) {
    const version = tools.there().get(normalName(HF_PACKAGE.name));
    const path = tools.program(HF_PACKAGE.name, COMMAND);
    if (version !== undefined && isProgram(path))
      items.push({ name: HF_PACKAGE.name, domain: 'package', manager: tools.id, path, meta: { version } });
  }
  return items;
}
