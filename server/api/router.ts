import { accessRouter } from './access.ts';
import { activityRouter } from './activity.ts';
import { chatRouter } from './chat.ts';
import { configRouter } from './config.ts';
import { hooksRouter } from './hooks.ts';
import { labRouter } from './lab.ts';
import { liveRouter } from './live.ts';
import { lockRouter } from './lock.ts';
import { logsRouter } from './logs.ts';
import { metricsRouter } from './metrics.ts';
import { modelsRouter } from './models.ts';
import { shareRouter } from './share.ts';
import { supportRouter } from './support.ts';
import { createCallerFactory, router } from './trpc.ts';

export const appRouter = router({
  lab: labRouter,
  config: configRouter,
  activity: activityRouter,
  chat: chatRouter,
  metrics: metricsRouter,
  access: accessRouter,
  live: liveRouter,
  logs: logsRouter,
  lock: lockRouter,
  models: modelsRouter,
  hooks: hooksRouter,
  share: shareRouter,
  support: supportRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
