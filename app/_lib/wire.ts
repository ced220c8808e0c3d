/** The API's answers as they arrive: the server's types after JSON, where `undefined` is gone. */
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/api/router.ts';

export type { LogLine } from '../../server/schemas/logs.ts';

type Outputs = inferRouterOutputs<AppRouter>;

export type LabOverview = Outputs['lab']['overview'];
export type DoctorReport = Outputs['lab']['doctor'];
export type LabPlan = Outputs['lab']['plan'];
export type PlanItem = LabPlan['items'][number];
export type LabChoices = Outputs['lab']['choices'];
export type ItemUsage = Outputs['lab']['usage']['items'][number];
export type { ConfigProblem } from '../../server/schemas/config.ts';
export type ConfigView = Outputs['config']['get'];
export type ConfigValue = ConfigView['values'][number];
export type StatusItem = LabOverview['status']['managed_items'][number];
export type Activity = Outputs['activity']['get'];
export type ActivityStep = Activity['steps'][number];
export type ModelList = Outputs['models']['list'];
export type ModelEntry = ModelList['entries'][number];
export type FitReport = Outputs['models']['fit'];
export type Conversation = Outputs['chat']['get'];
export type ConversationSummary = Outputs['chat']['list'][number];
export type ChatMessage = Conversation['messages'][number];
export type ReplyMetrics = NonNullable<ChatMessage['metrics']>;
export type Turn = Outputs['chat']['turn'];
export type MetricSeries = Outputs['metrics']['series'];
export type MetricPoint = MetricSeries['points'][number];
export type CostSummary = Outputs['metrics']['cost'];
export type LedgerRow = Outputs['metrics']['recent'][number];
export type ApiKey = Outputs['access']['keys'][number];
export type NewApiKey = Outputs['access']['createKey'];
export type Login = Outputs['access']['logins'][number];

export type ShareInfo = Outputs['share']['list']['shares'][number];
export type HookView = Outputs['hooks']['list'][number];
export type HookRun = HookView['runs'][number];
export type LockShown = NonNullable<Outputs['lock']['show']>;

export type LiveEvent =
  | { type: 'snapshot'; overview: LabOverview; activities: Activity[] }
  | { type: 'overview'; overview: LabOverview }
  | { type: 'activity'; activity: Activity }
  | { type: 'chats' }
  | { type: 'request'; request: LedgerRow };
