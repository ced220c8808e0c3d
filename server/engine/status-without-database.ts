/**
 * The status when the database can't be opened, as on a full disk: what runs is still told from what is there. What only
 * the database knows (the lock, drift that is let be) is missing. Part of the composition root.
 */
import type { Home } from '../lib/home.ts';
import type { LabStatus } from '../schemas/lab.ts';
import type { IgnoredDrift } from './ignored-drift.ts';
import { resolveLab } from './resolve-lab.ts';
import { createResources, type Program } from './resources.ts';
import { observe, toStatus } from './status.ts';

const NONE_IGNORED: IgnoredDrift = {
  of: () => [],
  ignore: () => undefined,
  heed: () => undefined,
};

export async function statusWithoutDatabase(
  { home, env, program }: { home: Home; env: NodeJS.ProcessEnv; program: Program },
  signal: AbortSignal,
): Promise<LabStatus> {
  const resolved = await resolveLab({ home, env });
  const { lab } = resolved;
  const parts = { home, env, program, lab, starter: false, ignored: NONE_IGNORED, lookOnly: true };
  const items = await observe(lab, await createResources(parts, signal), signal);
  return toStatus(home, resolved, items, false);
}
