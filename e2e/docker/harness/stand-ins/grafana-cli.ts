/** `grafana cli admin reset-admin-password [--password-from-stdin] [NEW]`, for the stand-in's volume. */
import { readFileSync } from 'node:fs';
import { adminWith, readStore, writeStore } from './grafana-store.ts';

export function grafanaCli(args: string[]): number {
  const at = args.indexOf('reset-admin-password');
  if (at < 1 || args[at - 1] !== 'admin') {
    console.error(`stand-in: grafana cli knows only "admin reset-admin-password", not "${args.join(' ')}"`);
    return 1;
  }
  const rest = args.slice(at + 1);
  const fromStdin = rest.includes('--password-from-stdin');
  const password = fromStdin
    ? readFileSync(0, 'utf8').split('\n')[0]
    : rest.find((arg) => !arg.startsWith('-'));
  if (password === undefined || password.length < 4) {
    console.error('Error: ✗ failed to set password: new password is too short');
    return 1;
  }
  const store = readStore();
  if (store === undefined) {
    console.error('Error: ✗ could not read user from database. Error: user not found');
    return 1;
  }
  writeStore({ ...store, admin: adminWith(store.admin.login, password) });
  console.log('\nAdmin password changed successfully ✔');
  return 0;
}
