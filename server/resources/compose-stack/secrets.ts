/** Keys and passwords of the stack: made once, by the first `up`, and kept in the home. */
import { hashSync } from 'bcryptjs';
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { errnoOf, LabError } from '../../lib/errors.ts';
import { homeError, type Home } from '../../lib/home.ts';
import { parseJson } from '../../lib/json.ts';
import { readOnce } from '../../lib/read-once.ts';
import { stackLayout } from './layout.ts';
import { PRIVATE, writeStackFile } from './stack-files.ts';

/** base64url: no dollar, quote or colon, so it means itself in YAML, in Compose, in a header and in basic auth. */
const secret = z.string().regex(/^[\w-]{24,}$/);

const stackSecrets = z.strictObject({
  modelKey: secret,
  weaviateKey: secret,
  prometheusPassword: secret,
  /** bcrypt of it, for Prometheus's web.yml. */
  prometheusHash: z.string().regex(/^\$2[aby]\$\d\d\$[./\w]{53}$/),
  grafanaPassword: secret,
});
export type StackSecrets = z.infer<typeof stackSecrets>;

export const PROMETHEUS_USER = 'ailab';
export const GRAFANA_USER = 'admin';

/** Null before the first `up`. A file that can't be understood is a named error: a new one would lock out volumes. */
export function readSecrets(home: Home): StackSecrets | null {
  const { secrets: file } = stackLayout(home);
  let text: string;
  try {
    text = readOnce(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw homeError(home.root, error);
  }
  const parsed = stackSecrets.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new LabError({
    code: 'stack_secrets_invalid',
    message: `${file} does not hold the stack's keys as ailab-web wrote them: ${parsed.error.issues[0]?.path.join('.') ?? 'it is not JSON'}.`,
    fix: `Put the file back from a backup; or delete it, and \`ailab-web up\` makes new keys and starts the services with them.`,
  });
}

export function ensureSecrets(home: Home): StackSecrets {
  const known = readSecrets(home);
  if (known !== null) return known;
  const made = makeSecrets();
  writeStackFile(home, stackLayout(home).secrets, `${JSON.stringify(made, null, 2)}\n`, PRIVATE);
  return made;
}

const random = (): string => randomBytes(32).toString('base64url');

function makeSecrets(): StackSecrets {
  const prometheusPassword = random();
  return {
    modelKey: random(),
    weaviateKey: random(),
    prometheusPassword,
    // 256 random bits need no slow hash, and Prometheus hashes the password of every scrape.
    prometheusHash: hashSync(prometheusPassword, 5),
    grafanaPassword: random(),
  };
}
