import { recentInput, seriesInput } from '../schemas/metrics.ts';
import { procedure, router } from './trpc.ts';

export const metricsRouter = router({
  series: procedure.input(seriesInput).query(({ ctx, input }) => ctx.engine.metrics.series(input.range)),
  recent: procedure.input(recentInput).query(({ ctx, input }) => ctx.engine.metrics.recent(input.limit)),
});
