/** tRPC, once. Every procedure checks its caller again, whatever the gate in front has done. */
import { initTRPC, TRPCError } from '@trpc/server';
import type { Caller, Engine } from '../engine/contract.ts';
import { databaseTrouble, isLabError, reportError, type ErrorReport } from '../lib/errors.ts';

export interface ApiContext {
  engine: Engine;
  caller: Caller | null;
}

/** In milliseconds: both sides of an event stream learn from silence that the other one is gone. */
export const EVENT_STREAM = {
  ping: { enabled: true, intervalMs: 15_000 },
  client: { reconnectAfterInactivityMs: 40_000 },
};

const t = initTRPC.context<ApiContext>().create({
  errorFormatter({ shape, error }) {
    const lab: ErrorReport | null = isLabError(error.cause) ? reportError(error.cause) : null;
    // A stack trace helps nobody in a browser and tells paths of this machine.
    const { stack: _stack, ...data } = shape.data;
    return { ...shape, data: { ...data, lab } };
  },
  sse: EVENT_STREAM,
});

const CODES: Record<number, TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  503: 'SERVICE_UNAVAILABLE',
};

/** The one place where an engine error becomes a tRPC error; anything else stays what it is. */
export function asApiError(error: unknown): unknown {
  if (!isLabError(error)) return error;
  const code = CODES[error.status] ?? 'INTERNAL_SERVER_ERROR';
  return new TRPCError({ code, message: error.message, cause: error });
}

const mapErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok) {
    const cause = databaseTrouble(result.error.cause) ?? result.error.cause;
    if (isLabError(cause)) throw asApiError(cause);
  }
  return result;
});

/** Logins and the CLI only: a program's key opens `/v1` and `/metrics`, never the dashboard. */
const checkCaller = t.middleware(({ ctx, next }) => {
  if (ctx.caller === null || ctx.caller.kind === 'key') {
    throw new TRPCError({
      code: 'UNAUTHORIZED',
      message: 'No login. Run `ailab-web open` for a fresh link.',
    });
  }
  return next({ ctx: { engine: ctx.engine, caller: ctx.caller } });
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;
export const procedure = t.procedure.use(mapErrors).use(checkCaller);

/** Who started an activity, as it is recorded. */
export const startedBy = (caller: Caller): string => (caller.kind === 'cli' ? 'cli' : 'browser');
