/**
 * What Compose makes of the stack file (`config --format json`), read as far as drift is told from it. Source: the
 * compose-spec as Compose 2.20 to 5 print it; values that were shorthands are objects by then.
 */
import * as z from 'zod';
import { LabError } from '../../lib/errors.ts';

const numeric = z.union([z.string(), z.number()]);
const map = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish();
const words = z.array(z.string()).nullish();

export const renderedService = z.object({
  image: z.string(),
  command: words,
  entrypoint: words,
  environment: map,
  user: z.string().nullish(),
  read_only: z.boolean().nullish(),
  privileged: z.boolean().nullish(),
  init: z.boolean().nullish(),
  network_mode: z.string().nullish(),
  pid: z.string().nullish(),
  ipc: z.string().nullish(),
  devices: z.array(z.unknown()).nullish(),
  cap_add: words,
  cap_drop: words,
  security_opt: words,
  tmpfs: z.union([z.array(z.string()), z.string()]).nullish(),
  mem_limit: numeric.nullish(),
  restart: z.string().nullish(),
  labels: map,
  healthcheck: z.object({ test: words, disable: z.boolean().optional() }).nullish(),
  ports: z
    .array(
      z.object({
        target: numeric,
        published: numeric.optional(),
        host_ip: z.string().optional(),
        protocol: z.string().optional(),
      }),
    )
    .nullish(),
  volumes: z
    .array(
      z.object({
        type: z.string(),
        source: z.string().optional(),
        target: z.string(),
        read_only: z.boolean().optional(),
      }),
    )
    .nullish(),
  deploy: z
    .object({
      resources: z
        .object({
          reservations: z.object({ devices: z.array(deviceRequest()).nullish() }).nullish(),
          limits: z.object({ memory: numeric.nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export type RenderedService = z.infer<typeof renderedService>;

function deviceRequest() {
  return z.object({
    driver: z.string().optional(),
    count: z.union([z.string(), z.number()]).optional(),
    device_ids: z.array(z.string()).optional(),
    capabilities: z.array(z.string()),
  });
}

export const renderedStack = z.object({
  name: z.string(),
  services: z.record(z.string(), renderedService),
  volumes: z.record(z.string(), z.object({ name: z.string() })).nullish(),
});
export type RenderedStack = z.infer<typeof renderedStack>;

export function parseRendered(text: string): RenderedStack {
  const parsed = renderedStack.safeParse(unescapeDollars(JSON.parse(text)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LabError({
    code: 'stack_not_understood',
    message: `Docker Compose rendered the stack file in a form that this version does not know: ${issue?.path.join('.')}: ${issue?.message}.`,
    fix: 'Report this with the output of `docker compose version`; until then use --engine embedded.',
  });
}

/** Compose prints `$$` for a dollar, so that its output can be its input. */
function unescapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', '$');
  if (Array.isArray(value)) return value.map(unescapeDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unescapeDollars(inner)]));
}
