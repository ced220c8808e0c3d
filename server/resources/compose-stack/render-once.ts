/** The rendered stack, made anew only when something that goes into it is another. */
import { dirname } from 'node:path';
import { identityOf } from '../../lib/read-once.ts';
import { stackPaths } from './compose-cli.ts';
import { templatePaths } from './files.ts';
import { stackLayout } from './layout.ts';
import { plainVariables, renderStack, type StackContext } from './prepare.ts';
import type { RenderedStack } from './rendered.ts';

interface Rendered {
  key: string;
  /** Files and folders that went into it, and what they were. */
  paths: readonly string[];
  identity: string;
  stack: RenderedStack;
}

/** Of the last look: each looks at the same files. */
let last: Rendered | undefined;

export async function renderOnce(context: StackContext, signal: AbortSignal): Promise<RenderedStack> {
  const { home, lab, stacksFolder } = context;
  const key = JSON.stringify([home.root, stacksFolder, lab.profile, plainVariables(context)]);
  if (last?.key === key && identitiesOf(last.paths) === last.identity) return last.stack;
  last = undefined;
  const paths = pathsOf(context);
  const identity = identitiesOf(paths);
  const stack = await renderStack(context, signal);
  if (identity !== null) last = { key, paths, identity, stack };
  return stack;
}

/** A folder is another when a file comes or goes in it. */
function pathsOf({ home, lab, stacksFolder }: StackContext): string[] {
  const { secrets, rendered } = stackLayout(home);
  const templates = templatePaths(stacksFolder);
  const folders = new Set(templates.flatMap((path) => foldersOf(path, stacksFolder)));
  return [...stackPaths(stacksFolder, lab.profile), secrets, rendered, ...folders, ...templates];
}

function foldersOf(path: string, root: string): string[] {
  const folder = dirname(path);
  return folder === root || folder === path ? [] : [folder, ...foldersOf(folder, root)];
}

/** Null while one of them was changed too lately to be known by it. */
function identitiesOf(paths: readonly string[]): string | null {
  const identities = paths.map(identityOf);
  return identities.includes(null) ? null : identities.join('\n');
}
