'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { applyLiveEvent } from '../../_lib/live-cache.ts';
import { client, trpc } from '../../_lib/trpc.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { lackOf, takenBy, type Choice, type Need } from './choice-words.ts';
import { isUp } from './view.ts';

/** What can be chosen. Looked at while somebody chooses; whoever comes back to the page has it looked at anew. */
export function useChoices(enabled: boolean) {
  return useQuery({
    ...trpc.lab.choices.queryOptions(),
    enabled,
    staleTime: 0,
    refetchOnWindowFocus: 'always',
  });
}

/** What the chosen profile lacks, so that the lab can't be started; empty while it is not known. */
export function useProfileLack(lab: LabOverview | undefined): Need[] {
  const asked = lab !== undefined && lab.profile !== 'default';
  const { data } = useChoices(asked);
  if (!asked || data === undefined) return [];
  return lackOf(data, { engine: lab.engine, profile: lab.profile });
}

const LOOK_MS = 300;

/**
 * Records a choice in ai-lab.yaml. A lab that is up on another engine is stopped first: nobody else would stop it
 * later. If that fails, nothing is recorded.
 */
export function useRecordChoice() {
  const cache = useQueryClient();
  return useMutation({
    async mutationFn({ lab, choice }: { lab: LabOverview; choice: Partial<Choice> }) {
      const choices = await client.lab.choices.query();
      const { engineChoice, profile: named } = choices.inForce;
      const { engine = engineChoice, profile = named } = choice;
      if (takenBy(choices, engine) !== lab.engine && isUp(lab)) {
        let activity = await client.lab.down.mutate();
        applyLiveEvent(cache, { type: 'activity', activity });
        while (activity.state === 'running') {
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
          activity = await client.activity.get.query({ id: activity.id });
        }
        if (activity.state !== 'done')
          throw new Error(activity.error?.message ?? 'The lab was not stopped, so nothing is changed.');
      }
      if (engine !== engineChoice) await client.config.set.mutate({ key: 'engine', value: engine });
      if (profile !== named) await client.config.set.mutate({ key: 'profile', value: profile });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: trpc.lab.choices.queryKey() }),
  });
}
