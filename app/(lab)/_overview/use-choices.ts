'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { dockerAway } from '../../_lib/docker.ts';
import { applyLiveEvent } from '../../_lib/live-cache.ts';
import { client, trpc } from '../../_lib/trpc.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { lackOf, takenBy, type Choice, type Need } from './choice-words.ts';
import { isUp } from './view.ts';

/** What can be chosen. Looked at while somebody chooses; whoever comes back to the page has it looked at anew. */
export function useChoices() {
  return useQuery({ ...trpc.lab.choices.queryOptions(), staleTime: 0, refetchOnWindowFocus: 'always' });
}

/** A lab that can't be started is looked at again: what is missing may have been brought meanwhile. */
const AGAIN_MS = 10_000;
const NOTHING: readonly Need[] = [];

/**
 * What the lab's engine and profile lack, so that it can't be started; empty while that is not known. Docker's own
 * silence is not in it: that has its banner.
 */
export function useLack(lab: LabOverview | undefined): readonly Need[] {
  const asked =
    lab !== undefined && (lab.engine === 'docker' || lab.profile !== 'default') && dockerAway(lab) === null;
  const { data, refetch } = useQuery({
    ...trpc.lab.choices.queryOptions(),
    enabled: asked,
    refetchOnWindowFocus: 'always',
    refetchInterval: ({ state: { data } }) => data !== undefined && lackOf(data).length > 0 && AGAIN_MS,
  });
  const of = data?.inForce;
  const known = asked && of?.engine === lab.engine && of.profile === lab.profile;
  const outdated = asked && data !== undefined && !known;
  useEffect(() => {
    // Somebody has edited ai-lab.yaml.
    if (outdated) void refetch();
  }, [outdated, refetch]);
  return useMemo(() => (known && data !== undefined ? lackOf(data) : NOTHING), [known, data]);
}

const LOOK_MS = 300;

/**
 * Records a choice in ai-lab.yaml. A lab that is up on another engine is stopped first: nobody else would stop it
 * later. If that fails, nothing is recorded. A Docker that is away can stop nothing; then the choice alone is recorded.
 */
export function useRecordChoice() {
  const cache = useQueryClient();
  return useMutation({
    async mutationFn({ lab, choice }: { lab: LabOverview; choice: Partial<Choice> }) {
      const choices = await client.lab.choices.query();
      const { engineChoice, profile: named } = choices.inForce;
      const { engine = engineChoice, profile = named } = choice;
      if (takenBy(choices, engine) !== lab.engine && isUp(lab) && dockerAway(lab) === null) {
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
