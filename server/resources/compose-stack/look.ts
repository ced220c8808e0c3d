/** One look at the engine: who asks the same twice within it is answered once, and what every look asks for is asked ahead. */
import type { Home } from '../../lib/home.ts';
import { knownEngine, type EngineApi } from './engine-api.ts';

/** The containers that the last look at a project asked for. Its answers are not kept: they are asked for anew. */
const lastAsked = new Map<string, readonly string[]>();

/**
 * Asks at once, for a caller who has other things to do before it needs the answers; good for this one look, with this
 * signal. Null while Docker was not reached before.
 */
export function beginLook(
  { project }: Pick<Home, 'project'>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  engine = knownEngine(env),
): EngineApi | null {
  if (engine === null) return null;
  const answers = new Map<string, ReturnType<EngineApi['container']>>();
  const inspect = (id: string) => {
    const answer = answers.get(id) ?? engine.container(id, signal);
    answers.set(id, answer);
    return answer;
  };
  const list = engine.containers(project, signal);
  // Whose container is gone by now has no entry in the list, and nobody asks for it.
  for (const ahead of [list, ...(lastAsked.get(project) ?? []).map(inspect)])
    void ahead.catch(() => undefined);
  const asked = new Set<string>();
  return {
    ...engine,
    containers: (of, signal) => (of === project ? list : engine.containers(of, signal)),
    container(id) {
      asked.add(id);
      lastAsked.set(project, [...asked]);
      return inspect(id);
    },
  };
}
