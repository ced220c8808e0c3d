/** What hooks are told about the lab: by the composition root, so that none of them knows a resource. */
import type { Health } from '../schemas/lab.ts';

/** A service as a hook meets it. */
export type ServiceFact =
  /** This lab has none, and why. */
  { kind: 'none'; reason: string } | { kind: 'stopped' } | { kind: 'running'; health: Health };

export interface HookFacts {
  /** Folder in which commands run. */
  home: string;
  /** The lab in variables, `AILAB_…`; secrets as paths of files only. */
  variables: Record<string, string>;
  /** The environment of this process, from which a command gets what every program needs. */
  environment: NodeJS.ProcessEnv;
  weaviate: {
    url: string;
    state(signal: AbortSignal): Promise<ServiceFact>;
  };
  grafana: {
    url: string;
    user: string;
    state(signal: AbortSignal): Promise<ServiceFact>;
    /** Null before the first `up`. */
    password(): string | null;
    /** Gives a Grafana whose volume outlived its home the password of this one. `absent`: it is not healthy yet. */
    heal(signal: AbortSignal): Promise<'absent' | 'fine' | 'healed'>;
  };
  /** The dashboard's JSON in the product's `stacks`. */
  dashboardFile: string;
}
