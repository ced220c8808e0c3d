/** The lab itself: looked at, brought up, taken down. Part of the composition root. */
import { existsSync } from 'node:fs';
import { setConfigKey } from '../config/edit.ts';
import { invalidConfigError } from '../config/load.ts';
import type { ErrorReport } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import { locateWeights, type LocateContext } from '../resources/model-weights/locate.ts';
import { beginLook } from '../resources/compose-stack/look.ts';
import { removeStackVolumes } from '../resources/compose-stack/resource.ts';
import { HUB_STARTER, hubStarterPath, isHubStarter } from '../resources/model-weights/hub-starter.ts';
import { STARTER, starterPath } from '../resources/model-weights/starter.ts';
import type { Activity, DownInput, UpInput } from '../schemas/activity.ts';
import type { ConfigOverrides } from '../schemas/config.ts';
import type { Lab, StatusItem } from '../schemas/lab.ts';
import type { LabOverview } from '../schemas/overview.ts';
import type { PlanInput } from '../schemas/plan.ts';
import type { Sharing } from '../schemas/share.ts';
import type { Activities, Ended } from './activities.ts';
import { labChoices } from './choices.ts';
import type { Engine } from './contract.ts';
import { diagnose } from './doctor.ts';
import type { DownloadRate } from './download-rate.ts';
import { gpuAlarm, withOffload, type GpuWatch } from './gpu-watch.ts';
import type { HookService } from './hook-service.ts';
import { withExplanation, type Explainer } from './explainer.ts';
import { createFitHint } from './fit-hint.ts';
import type { IgnoredDrift } from './ignored-drift.ts';
import { openLocked, type LockedUp } from './locked-up.ts';
import { lockOfUp, type LockStageParts } from './lock-stage.ts';
import type { ModelHost } from './model-host.ts';
import * as orchestrator from './orchestrator.ts';
import { toOverview } from './overview.ts';
import { createPlanService } from './plan-service.ts';
import { resolveLab, type ResolvedLab } from './resolve-lab.ts';
import { createResources, type Program } from './resources.ts';
import { createLabReady } from './stack-ready.ts';
import { createStarterChoice, starterHere } from './starter-choice.ts';
import { observe, toStatus } from './status.ts';
import { createUsage } from './usage.ts';

export interface LabServiceParts extends LockStageParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  activities: Activities;
  host: ModelHost;
  gatewayUrl: string | null;
  ignored: IgnoredDrift;
  hooks: HookService;
  explainer: Explainer;
  /** What happened to the lab itself, e.g. to its database. */
  notices(): ErrorReport[];
  gpu: GpuWatch;
  /** Called when a decision of the user has changed what is shown. */
  onChange(): void;
  /** Told what was found, at every look. */
  onItems(items: readonly StatusItem[]): void;
  rate: DownloadRate;
  /** What is shared now, and what listens for the network. */
  sharing(): Sharing;
}

export type LabService = Engine['lab'] & {
  /** The lab as it is configured now, or as the running `up` was asked for it. */
  resolve(): Promise<ResolvedLab>;
  /** The lab as it was last resolved; undefined before the first time. */
  known(): Lab | undefined;
  /** What the running `up` was asked for over the config. */
  asked(): ConfigOverrides;
  /** Finds out which engine the lab has, and how its model is: for a caller that asks for the endpoint next. */
  prime(): Promise<void>;
};

export function createLabService(parts: LabServiceParts): LabService {
  const { home, env, program, activities, host, ignored, hooks } = parts;
  /** What the running `up` was asked for: while it runs, that is the lab which is shown. */
  let asked: UpInput | undefined;
  /** The lab of a lock, while the `up` that asked for it runs. */
  let locked: LockedUp | undefined;
  let dockerTaken: string | undefined;
  let known: Lab | undefined;

  const chooseStarter = createStarterChoice({ home, env });
  const resolveFor = ({ starter, overrides }: PlanInput): Promise<ResolvedLab> =>
    resolveLab({
      home,
      env,
      dockerTaken,
      starter: starter ? chooseStarter : undefined,
      ...(overrides === undefined ? {} : { overrides }),
    });

  const resolve = async (): Promise<ResolvedLab> => {
    const resolved = locked?.resolved ?? (await resolveFor(asked ?? { starter: false }));
    dockerTaken = resolved.lab.engine === 'docker' ? resolved.lab.engineReason : undefined;
    host.follow(resolved.lab.engine);
    known = resolved.lab;
    return resolved;
  };

  const planner = createPlanService({
    ...parts,
    resolve: resolveFor,
    openLocked: ({ overrides }, signal) => openLocked(parts, overrides, signal),
    lastRate: parts.rate.last,
  });

  const look = async (signal: AbortSignal) => {
    // Docker takes its time, and the files can be read meanwhile.
    const begun = known?.engine === 'docker' ? beginLook(home, env, signal) : null;
    const resolved = await resolve();
    const resources = await createResources(
      { home, env, program, lab: resolved.lab, starter: false, ignored, begun },
      signal,
    );
    const found = await observe(resolved.lab, resources, signal);
    const explained = await parts.explainer.items(resolved, found);
    const offload = await parts.gpu(resolved.lab, found);
    const items = found.map((item) => withOffload(withExplanation(item, explained.get(item.name)), offload));
    parts.onItems(items);
    const gpu = gpuAlarm(offload, resolved.lab, env['AILAB_GPU_LAYERS']);
    return {
      resolved,
      explained,
      gpu,
      status: toStatus(home, resolved, items, parts.locks.sha256() !== null),
    };
  };

  const fitHint = createFitHint(home, env);

  const overview = async (signal: AbortSignal): Promise<LabOverview> => {
    const { resolved, explained, gpu, status } = await look(signal);
    return toOverview({
      home,
      resolved,
      status,
      running: activities.running(),
      explained,
      gpu,
      latest: activities.list(1)[0],
      lock: parts.locks.info(),
      starterHere: await starterHere({ home, env }),
      hint: await fitHint(resolved.lab, signal),
      notices: parts.notices(),
      gatewayUrl: parts.gatewayUrl,
      sharing: parts.sharing(),
    });
  };

  const runUp = async (input: UpInput, run: orchestrator.Run): Promise<Ended> => {
    asked = input;
    try {
      if (input.locked === true) locked = await openLocked(parts, input.overrides, run.signal);
      const resolved = await resolve();
      refuseProblems(resolved);
      const { lab } = resolved;
      await refuseWeights(lab, { home, env });
      const make = () =>
        createResources({ home, env, program, lab, starter: input.starter, ignored }, run.signal);
      const resources = await make();
      const around = hooks.around(resolved, resources, make);
      await locked?.agreeBefore(resources, run);
      const lock = lockOfUp(parts, lab, locked?.agreeAfter);
      const { changed, firstTokenMs, hookFailure } = await orchestrator
        .up(lab, resources, createLabReady({ home, env, lab, host }), run, around, lock.stage)
        .finally(() => rememberStarter(home, env, resolved));
      const first = `The model answered; the first token took ${Math.round(firstTokenMs)} ms.`;
      const words = changed === 0 ? `Nothing had to be done. ${first}` : first;
      const outcome = [words, ...around.passedOver, ...(locked?.remember() ?? [])].join(' ');
      return { ...lock.end(outcome, run.activityId), failure: hookFailure };
    } finally {
      locked = undefined;
      asked = undefined;
    }
  };

  const runDown = async (input: DownInput, run: orchestrator.Run): Promise<string> => {
    const { lab } = await resolve();
    const resources = await createResources({ home, env, program, lab, starter: false, ignored }, run.signal);
    const removed = await orchestrator.down(lab, resources, run);
    const volumes = input.volumes && lab.engine === 'docker' ? await removeVolumes(run) : 0;
    await host.refresh();
    if (volumes > 0)
      return `The lab is down, and ${volumes} volumes with its data are deleted. Weights and conversations stay.`;
    return removed === 0 ? 'Nothing was running.' : 'The lab is down. Weights, tools and conversations stay.';
  };

  const removeVolumes = (run: orchestrator.Run): Promise<number> =>
    run.step(
      'volumes',
      'Delete the volumes',
      async () => (await removeStackVolumes(home, env, run.signal)).length,
    );

  return {
    overview,
    status: async (signal) => (await look(signal)).status,
    async up(input, startedBy): Promise<Activity> {
      if (input.plan !== undefined) await planner.requireUnchanged(input.plan, input);
      hooks.demandConfirmed();
      return activities.start('up', input, startedBy, (run) => runUp(input, parts.rate.measured(run)));
    },
    down: async (input, startedBy): Promise<Activity> =>
      activities.start('down', input, startedBy, (run) => runDown(input, run)),
    plan: planner.plan,
    doctor: (signal) => {
      const explained = async () => (await look(signal)).explained;
      return diagnose({ home, env, resolve, signal, sharing: parts.sharing, explained });
    },
    choices: (signal) => labChoices({ env, resolve, overrides: asked?.overrides ?? {}, signal }),
    usage: createUsage({ home, env, resolve }),
    async ignoreDrift(input, signal) {
      ignored.ignore(input, (await look(signal)).status);
      parts.onChange();
    },
    heedDrift(item) {
      ignored.heed(item);
      parts.onChange();
    },
    resolve,
    asked: () => asked?.overrides ?? {},
    known: () => known,
    async prime() {
      await resolve();
      await host.refresh();
    },
  };
}

/** A path is looked at before Docker is asked for anything, which takes longer. */
async function refuseWeights({ weights }: Lab, context: LocateContext): Promise<void> {
  if (weights.kind === 'path') await readWeights(await locateWeights(weights, context));
}

function refuseProblems({ config, problems }: ResolvedLab): void {
  if (config.problems.length > 0) throw invalidConfigError(config);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
}

/** A starter that was fetched for a lab without a model becomes its model, in the file where users look for it. */
function rememberStarter(home: Home, env: NodeJS.ProcessEnv, { lab, config }: ResolvedLab): void {
  const { model_id: id, model_path: path } = config.values;
  if (id !== undefined || path !== undefined) return;
  const [starter, file] = isHubStarter(lab.weights)
    ? [HUB_STARTER.id, hubStarterPath(env)]
    : [STARTER.id, starterPath(home)];
  if (lab.modelName === starter && existsSync(file)) setConfigKey(home.config, 'model_id', starter);
}
