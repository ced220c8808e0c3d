/** Which hook does what. Each type knows the lab by the facts it is handed, and nothing else. */
import type { HookProgram } from '../engine/hooks.ts';
import { runCommand } from './command.ts';
import type { HookFacts } from './facts.ts';
import { importDashboard } from './grafana-import.ts';
import { askHttp } from './http.ts';
import { weaviateReady } from './weaviate-ready.ts';

export function hookProgram(facts: HookFacts): HookProgram {
  return (hook, context) => {
    switch (hook.type) {
      case 'weaviate-ready':
        return weaviateReady(facts, context);
      case 'grafana-import':
        return importDashboard(facts, context);
      case 'http':
        return askHttp(hook, context);
      case 'command':
        return runCommand(hook, facts, context);
    }
  };
}
