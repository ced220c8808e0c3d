/** What the Grafana stand-in keeps in its volume: the admin's password (hashed) and imported dashboards. */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StoredDashboard {
  uid: string;
  title: string;
  version: number;
  folderUid: string;
  dashboard: Record<string, unknown>;
}

export interface Store {
  admin: { login: string; salt: string; hash: string };
  dashboards: StoredDashboard[];
}

const file = () => join(process.env['GF_PATHS_DATA'] ?? '/var/lib/grafana', 'stand-in-grafana.json');

/** Read anew for each call: `grafana cli` changes it while the server runs. Undefined before the first start. */
export function readStore(): Store | undefined {
  let content: string;
  try {
    content = readFileSync(file(), 'utf8');
  } catch {
    return undefined;
  }
  return JSON.parse(content) as Store;
}

export function writeStore(store: Store): void {
  writeFileSync(`${file()}.draft`, JSON.stringify(store), { mode: 0o640 });
  renameSync(`${file()}.draft`, file());
}

export function adminWith(login: string, password: string): Store['admin'] {
  const salt = randomBytes(16).toString('hex');
  return { login, salt, hash: hashOf(password, salt) };
}

export function passwordIsRight(admin: Store['admin'], login: string, password: string): boolean {
  const given = Buffer.from(hashOf(password, admin.salt), 'hex');
  return login === admin.login && timingSafeEqual(given, Buffer.from(admin.hash, 'hex'));
}

/** Cheap on purpose: what it protects is a test's password. */
function hashOf(password: string, salt: string): string {
  return scryptSync(password, salt, 32, { N: 256 }).toString('hex');
}
