/** One look at the engine, begun before its answer is needed. */
import type { Home } from '../../lib/home.ts';
import { knownEngine, type EngineApi } from './engine-api.ts';

/**
 * Asks for the project's containers at once, for a caller who has other things to do before it needs them; good for
 * this one look, with this signal. Null while Docker was not reached before.
 */
export function beginLook(
  { project }: Pick<Home, 'project'>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): EngineApi | null {
  const engine = knownEngine(env);
  if (engine === null) return null;
  const list = engine.containers(project, signal);
  // Who needs it hears of its failure.
  list.catch(() => undefined);
  return {
    ...engine,
    containers: (of, signal) => (of === project ? list : engine.containers(of, signal)),
  };
}
