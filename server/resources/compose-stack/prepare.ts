/**
 * From a lab to what Compose makes of it. Compose takes a quarter of a second to render, so its answer is kept in the
 * home under a key of all that went in; it holds tokens in place of secrets, which are put in after reading.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import { readOnce } from '../../lib/read-once.ts';
import type { Lab } from '../../schemas/lab.ts';
import { composeConfig, stackPaths, type ComposeCall } from './compose-cli.ts';
import type { DockerHost } from './docker-host.ts';
import {
  composeEnvironment,
  environmentFile,
  fillTokens,
  secretVariables,
  stackVariables,
  tokenVariables,
  type Variables,
} from './environment.ts';
import { stackFiles, writeStackFiles } from './files.ts';
import { composeVersion, findCompose } from './find-compose.ts';
import { stackLayout } from './layout.ts';
import { parseRendered, type RenderedStack } from './rendered.ts';
import { ensureSecrets, readSecrets } from './secrets.ts';
import { PRIVATE, writeStackFile } from './stack-files.ts';
import type { WeightsMount } from './weights-mount.ts';

export interface StackContext {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  /** Folder of stack.yml. */
  stacksFolder: string;
  host: DockerHost;
  weights: WeightsMount | null;
  /** Of the embeddings server. */
  embeddings: WeightsMount | null;
  /** What Compose rendered is not kept: nothing at all is written. */
  lookOnly?: boolean;
}

/** Rootless Docker listens in the user's own runtime folder. */
const isRootless = ({ url }: DockerHost): boolean => url.includes('/run/user/');

export function plainVariables(context: StackContext): Variables {
  const facts = {
    weights: context.weights,
    embeddings: context.embeddings,
    rootless: isRootless(context.host),
    uid: process.getuid?.() ?? null,
    gid: process.getgid?.() ?? null,
  };
  return stackVariables(context.home, context.lab, facts, context.env);
}

/** What the lab asks for. Writes nothing but its own cache; before the first `up` the tokens stay. */
export async function renderStack(context: StackContext, signal: AbortSignal): Promise<RenderedStack> {
  const variables = { ...plainVariables(context), ...tokenVariables() };
  const key = keyOf(context, variables);
  const kept = readKept(context.home);
  let text = kept?.key === key ? kept.text : undefined;
  if (text === undefined) {
    const call = composeCall(context, variables, signal);
    await composeVersion(call.command, call.env, signal);
    text = await composeConfig(call);
    parseRendered(text);
    if (context.lookOnly !== true)
      writeStackFile(
        context.home,
        stackLayout(context.home).rendered,
        JSON.stringify({ key, text }),
        PRIVATE,
      );
  }
  const secrets = readSecrets(context.home);
  if (secrets === null) return taken(text);
  const files = stackFiles(context.stacksFolder, context.lab, secrets);
  return taken(fillTokens(text, secretVariables(secrets, files)));
}

/** What was last taken apart: each look renders the same text. */
let last: { text: string; stack: RenderedStack } | undefined;

function taken(text: string): RenderedStack {
  if (last?.text !== text) last = { text, stack: parseRendered(text) };
  return last.stack;
}

/** Makes what the containers will read, and the variables that go with it. */
export function writeStack(context: StackContext): Variables {
  const secrets = ensureSecrets(context.home);
  const files = stackFiles(context.stacksFolder, context.lab, secrets);
  writeStackFiles(context.home, files);
  const variables = { ...plainVariables(context), ...secretVariables(secrets, files) };
  const { environment } = stackLayout(context.home);
  writeStackFile(context.home, environment, environmentFile(variables), PRIVATE);
  return variables;
}

export function composeCall(
  { home, env, lab, stacksFolder, host }: StackContext,
  variables: Variables,
  signal: AbortSignal,
): ComposeCall {
  return {
    command: findCompose(env),
    project: home.project,
    stacksFolder,
    profile: lab.profile,
    env: composeEnvironment(env, host.url, variables),
    signal,
  };
}

function keyOf({ stacksFolder, lab }: StackContext, variables: Variables): string {
  const hash = createHash('sha256').update(JSON.stringify(variables));
  for (const path of stackPaths(stacksFolder, lab.profile)) hash.update(`\0${path}\0${readOnce(path)}`);
  return hash.digest('hex');
}

const keptRendering = z.object({ key: z.string(), text: z.string() });

function readKept(home: Home): z.infer<typeof keptRendering> | null {
  try {
    return keptRendering.parse(JSON.parse(readOnce(stackLayout(home).rendered)));
  } catch {
    // Only a cache: whatever is wrong with it, Compose is asked again.
    return null;
  }
}
