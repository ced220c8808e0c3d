/** How the user has set up the Hub, in huggingface_hub's own variables: endpoint, token, offline, cache. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../lib/errors.ts';
import { expandTilde } from '../../../lib/home.ts';
import { hubCacheRoot, huggingFaceHome } from '../hub-cache.ts';
import { withoutPassword } from '../download/source.ts';
import { plain } from '../words.ts';

export interface HubSettings {
  /** Without a slash at the end; may hold a path, as mirrors do. */
  endpoint: URL;
  /** A secret: it goes into one header to the endpoint's own host, and nowhere else. */
  token: string | null;
  offline: boolean;
  /** Where the cache lies, e.g. `~/.cache/huggingface/hub`. */
  root: string;
  env: NodeJS.ProcessEnv;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** Throws `hub_endpoint_invalid` or `hub_token_invalid`; the token itself is in no error. */
export function hubSettings(env: NodeJS.ProcessEnv): HubSettings {
  return {
    endpoint: endpointOf(env),
    token: tokenOf(env),
    offline: isTrue(env['HF_HUB_OFFLINE']) || isTrue(env['TRANSFORMERS_OFFLINE']),
    root: hubCacheRoot(env),
    env,
  };
}

function endpointOf(env: NodeJS.ProcessEnv): URL {
  const text = env['HF_ENDPOINT']?.trim() || DEFAULT_ENDPOINT;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new LabError({
      code: 'hub_endpoint_invalid',
      message: `HF_ENDPOINT is not an http or https address: ${plain(withoutPassword(text), 200)}`,
      fix: `Set it to the address of a Hub, for example ${DEFAULT_ENDPOINT}, or unset it.`,
      status: 400,
    });
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function tokenOf(env: NodeJS.ProcessEnv): string | null {
  const token = clean(env['HF_TOKEN']) ?? clean(env['HUGGING_FACE_HUB_TOKEN']) ?? tokenInFile(env);
  if (token === null || isTrue(env['HF_HUB_DISABLE_IMPLICIT_TOKEN'])) return null;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new LabError({
    code: 'hub_token_invalid',
    message: 'The Hugging Face token (HF_TOKEN, or the token file) holds characters that no token has.',
    fix: 'Set HF_TOKEN to the token alone, or log in again with `hf auth login`.',
    status: 400,
  });
}

function tokenInFile(env: NodeJS.ProcessEnv): string | null {
  const set = env['HF_TOKEN_PATH'];
  const file = set === undefined || set === '' ? join(huggingFaceHome(env), 'token') : expandTilde(set);
  try {
    return clean(readFileSync(file, 'utf8'));
  } catch {
    // No login: public models need none, and the Hub says so where one is needed.
    return null;
  }
}

function clean(text: string | undefined): string | null {
  const token = text?.replaceAll(/[\r\n]/g, '').trim() ?? '';
  return token === '' ? null : token;
}

/** As huggingface_hub reads its switches. */
function isTrue(value: string | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes(value?.toUpperCase() ?? '');
}
