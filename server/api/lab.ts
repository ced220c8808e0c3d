import { TRPCError } from '@trpc/server';
import { downInput, upInput } from '../schemas/activity.ts';
import { heedDriftInput, ignoreDriftInput } from '../schemas/drift.ts';
import { planInput } from '../schemas/plan.ts';
import { procedure, router, startedBy } from './trpc.ts';

/** A browser must not name files of this machine, and a lock can. */
function refuseOverrides(input: { overrides?: unknown; locked?: unknown }, caller: { kind: string }): void {
  if (caller.kind === 'cli') return;
  if (input.overrides !== undefined)
    throw new TRPCError({ code: 'FORBIDDEN', message: 'Only the command line may override ai-lab.yaml.' });
  if (input.locked === true)
    throw new TRPCError({ code: 'FORBIDDEN', message: 'Run `ailab-web up --locked` in a terminal.' });
}

export const labRouter = router({
  overview: procedure.query(({ ctx, signal }) =>
    ctx.engine.lab.overview(signal ?? new AbortController().signal),
  ),
  status: procedure.query(({ ctx, signal }) => ctx.engine.lab.status(signal ?? new AbortController().signal)),
  doctor: procedure.query(({ ctx, signal }) => ctx.engine.lab.doctor(signal ?? new AbortController().signal)),
  choices: procedure.query(({ ctx, signal }) =>
    ctx.engine.lab.choices(signal ?? new AbortController().signal),
  ),
  usage: procedure.query(({ ctx }) => ctx.engine.lab.usage()),
  ignoreDrift: procedure
    .input(ignoreDriftInput)
    .mutation(({ ctx, input, signal }) =>
      ctx.engine.lab.ignoreDrift(input, signal ?? new AbortController().signal),
    ),
  heedDrift: procedure.input(heedDriftInput).mutation(({ ctx, input }) => ctx.engine.lab.heedDrift(input)),
  plan: procedure.input(planInput.prefault({})).query(({ ctx, input, signal }) => {
    refuseOverrides(input, ctx.caller);
    return ctx.engine.lab.plan(input, signal ?? new AbortController().signal);
  }),
  up: procedure.input(upInput.prefault({})).mutation(({ ctx, input }) => {
    refuseOverrides(input, ctx.caller);
    return ctx.engine.lab.up(input, startedBy(ctx.caller));
  }),
  down: procedure
    .input(downInput.prefault({}))
    .mutation(({ ctx, input }) => ctx.engine.lab.down(input, startedBy(ctx.caller))),
});
