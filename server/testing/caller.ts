/** A gate's visit and an engine on an in-memory database, for tests. */
import { openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import type { Visit } from '../front/gate.ts';

export function memoryDb(): Db {
  return openDb({ file: ':memory:', migrations: SOURCE_MIGRATIONS });
}

export interface VisitLike {
  kind?: Visit['kind'];
  method?: string;
  target?: string;
  hosts?: string[];
  headers?: Record<string, string>;
  remoteAddress?: string;
}

export function visit(like: VisitLike = {}): Visit {
  const headers = like.headers ?? {};
  return {
    kind: like.kind ?? 'request',
    method: like.method ?? 'GET',
    target: like.target ?? '/',
    hosts: like.hosts ?? ['localhost:3000'],
    header: (name) => headers[name],
    remoteAddress: like.remoteAddress ?? '127.0.0.1',
  };
}
