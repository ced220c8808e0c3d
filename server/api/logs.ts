import { logsInput } from '../schemas/logs.ts';
import { asApiError, procedure, router } from './trpc.ts';

export const logsRouter = router({
  services: procedure.query(({ ctx, signal }) =>
    ctx.engine.logs.services(signal ?? new AbortController().signal),
  ),
  read: procedure.input(logsInput).subscription(async function* ({ ctx, input, signal }) {
    try {
      yield* ctx.engine.logs.read(input, signal ?? new AbortController().signal);
    } catch (error) {
      // Thrown in the middle of a stream: the middleware has long returned.
      throw asApiError(error);
    }
  }),
});
