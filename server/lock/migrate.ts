/**
 * From v1 to v2: every package has its entry among the resources, `packages` stays for readers of v1. Looked at
 * package by package, so that a resource added in the same write (plonk's defect) costs none of them.
 */
import { PACKAGE_TYPE, type LockDocument, type LockEntry, type LockPackage } from '../schemas/lock.ts';

/** Idempotent. New entries stand after those that are there, in the order of `packages`. */
export function withPackageResources(document: LockDocument): LockDocument {
  const present = new Set(document.resources.filter(({ type }) => type === PACKAGE_TYPE).map(({ id }) => id));
  const added = Object.entries(document.packages).flatMap(([manager, packages]) =>
    packages
      .filter(({ name }) => !present.has(`${manager}:${name}`))
      .map((entry) => packageResource(manager, entry)),
  );
  return added.length === 0 ? document : { ...document, resources: [...document.resources, ...added] };
}

function packageResource(manager: string, { name, version, installed_at: at }: LockPackage): LockEntry {
  return {
    type: PACKAGE_TYPE,
    id: `${manager}:${name}`,
    state: 'managed',
    metadata: { manager, name, ...(version === undefined ? {} : { version }) },
    ...(at === undefined ? {} : { installed_at: at }),
  };
}
