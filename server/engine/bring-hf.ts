/** Which program downloads: `hf` where it is found or can be brought, else we do. Part of the composition root. */
import { isLabError, LabError } from '../lib/errors.ts';
import type { HfProgram } from '../resources/model-weights/hub/with-hf.ts';
import { findHf, HF_PACKAGE, installHf, type HfOptions } from '../resources/package-tools/hf.ts';
import type { Run } from './orchestrator.ts';

/** `AILAB_DOWNLOADER`: `hf` (nothing else will do), `plain` (our own), unset: `hf` where it can be had. */
export async function bringHf(options: HfOptions, run: Run): Promise<HfProgram | null> {
  const wish = wishOf(options.env);
  if (wish === 'plain') return null;
  const found = await findHf(options, run.signal);
  if (found !== null) return found;
  return run.step(
    'package',
    `Install hf (${HF_PACKAGE.name} ${HF_PACKAGE.version})`,
    async (report, mark) => {
      try {
        const hf = await installHf(options, { signal: run.signal, report });
        if (hf !== null) return hf;
        if (wish === 'hf') throw noManager();
        mark({ state: 'skipped' });
        return null;
      } catch (error) {
        if (wish === 'hf' || !isLabError(error)) throw error;
        report({ message: `${error.message} The download goes on without it.` });
        mark({ state: 'skipped' });
        return null;
      }
    },
  );
}

function wishOf(env: NodeJS.ProcessEnv): 'hf' | 'plain' | null {
  const wish = env['AILAB_DOWNLOADER'] ?? '';
  if (wish === '') return null;
  if (wish === 'hf' || wish === 'plain') return wish;
  throw new LabError({
    code: 'downloader_unknown',
    message: `AILAB_DOWNLOADER is "${wish}"; it can be hf or plain.`,
    fix: 'Unset it, or set it to one of these.',
    status: 400,
  });
}

function noManager(): LabError {
  return new LabError({
    code: 'hf_not_installable',
    message:
      'AILAB_DOWNLOADER asks for hf, and neither hf nor uv, pipx or a Python with pip is on this machine.',
    fix: 'Install one of them, or unset AILAB_DOWNLOADER: then the download needs none.',
    status: 409,
  });
}
