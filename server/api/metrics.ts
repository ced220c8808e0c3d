import { recentInput, seriesInput } from '../schemas/metrics.ts';
import { procedure, router } from './trpc.ts';

export const metricsRouter = router({
  series: procedure.input(seriesInput).query(({ ctx, input }) => ctx.engine.metrics.series(input)),
  targets: procedure.query(({ ctx }) => ctx.engine.metrics.targets()),
  recent: procedure.input(recentInput).query(({ ctx, input }) => ctx.engine.metrics.recent(input.limit)),
});
