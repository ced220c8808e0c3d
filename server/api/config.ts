import { configCheckInput, configSetInput, configWriteInput } from '../schemas/config-view.ts';
import { repairInput } from '../schemas/explanation.ts';
import { procedure, router } from './trpc.ts';

const writer = ({ kind }: { kind: string }) => (kind === 'cli' ? 'cli' : 'browser');

export const configRouter = router({
  get: procedure.query(({ ctx }) => ctx.engine.config.get()),
  set: procedure
    .input(configSetInput)
    .mutation(({ ctx, input }) => ctx.engine.config.set(input, writer(ctx.caller))),
  write: procedure
    .input(configWriteInput)
    .mutation(({ ctx, input }) => ctx.engine.config.write(input, writer(ctx.caller))),
  preview: procedure.input(repairInput).query(({ ctx, input }) => ctx.engine.config.preview(input)),
  checkText: procedure
    .input(configCheckInput)
    .mutation(({ ctx, input }) => ctx.engine.config.check(input.text, writer(ctx.caller))),
});
