import { costInput } from '../schemas/cost.ts';
import { recentInput, requestInput, seriesInput } from '../schemas/metrics.ts';
import { procedure, router } from './trpc.ts';

export const metricsRouter = router({
  series: procedure.input(seriesInput).query(({ ctx, input }) => ctx.engine.metrics.series(input)),
  targets: procedure.query(({ ctx }) => ctx.engine.metrics.targets()),
  request: procedure.input(requestInput).query(({ ctx, input }) => ctx.engine.metrics.request(input.id)),
  clients: procedure.query(({ ctx }) => ctx.engine.metrics.clients()),
  cost: procedure.input(costInput.prefault({})).query(({ ctx, input }) => ctx.engine.metrics.cost(input)),
  recent: procedure
    .input(recentInput.prefault({}))
    .query(({ ctx, input }) => ctx.engine.metrics.recent(input.limit)),
});
