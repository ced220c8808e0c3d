/** What the palette can do now: exactly what the pages offer too, and nothing that would be refused. */
'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useLabActions } from '../(lab)/_overview/action-bar.tsx';
import { useLack } from '../(lab)/_overview/use-choices.ts';
import { actions, type Action } from '../(lab)/_overview/view.ts';
import { notRolledBack } from '../_lib/cancel-words.ts';
import { useDownSince, useOverview, useRunningActivity } from '../_lib/live.tsx';
import { setTheme, THEMES, useTheme, type Theme } from '../_lib/theme.ts';
import { trpc } from '../_lib/trpc.ts';

export interface PaletteCommand {
  id: string;
  title: string;
  /** One line about it. */
  note?: string;
  /** Other words for it. */
  keywords?: string[];
  run(): Promise<unknown> | void;
}

const THEME_TITLES: Record<Theme, string> = {
  system: 'Theme as the system has it',
  light: 'Light theme',
  dark: 'Dark theme',
};

export function useCommands(): PaletteCommand[] {
  const lab = useOverview();
  const running = useRunningActivity();
  const silent = useDownSince() !== null;
  const lack = useLack(lab);
  const theme = useTheme();
  const cache = useQueryClient();
  const router = useRouter();
  const { up, down, cancel } = useLabActions();

  const offered = lab === undefined || silent ? [] : actions(lab, running);
  const possible = offered.filter((one) => one !== 'start' || lack.length === 0);
  const known: Partial<Record<Action, PaletteCommand>> = {
    start: {
      id: 'start',
      title: lab?.phase === 'running' ? 'Start what is missing' : 'Start the lab',
      keywords: ['up', 'run'],
      run: () => up.mutateAsync({ starter: false }),
    },
    stop: {
      id: 'stop',
      title: 'Stop the lab, keep all data',
      note: 'Weights, tools and conversations stay.',
      keywords: ['down', 'end'],
      run: () => down.mutateAsync(undefined),
    },
    plan: {
      id: 'plan',
      title: 'Review the plan',
      note: 'What a start would do; it changes nothing.',
      keywords: ['diff', 'dry run'],
      run: () => router.push('/plan'),
    },
    config: { id: 'config', title: 'Mend ai-lab.yaml', run: () => router.push('/settings') },
    ...(running === undefined
      ? {}
      : {
          cancel: {
            id: 'cancel',
            title: 'Cancel what runs',
            note: notRolledBack(running),
            run: () => cancel.mutateAsync({ id: running.id }),
          },
        }),
  };
  const gatewayUrl = lab?.gatewayUrl ?? null;
  return [
    ...possible.flatMap((action) => known[action] ?? []),
    {
      id: 'new-chat',
      title: 'New conversation',
      keywords: ['chat', 'ask'],
      run: () => router.push('/chat'),
    },
    ...(silent
      ? []
      : [
          {
            id: 'look',
            title: 'Look at everything again',
            note: 'Asks the machine anew how the lab is.',
            keywords: ['re-check', 'refresh', 'reload'],
            async run() {
              await cache.fetchQuery({ ...trpc.lab.overview.queryOptions(), staleTime: 0 });
              await cache.invalidateQueries();
            },
          },
        ]),
    ...(gatewayUrl === null
      ? []
      : [
          {
            id: 'copy-url',
            title: 'Copy the base URL for programs',
            note: gatewayUrl,
            keywords: ['openai', 'api', 'gateway'],
            run: () => navigator.clipboard.writeText(gatewayUrl),
          },
        ]),
    ...THEMES.filter((one) => one !== theme).map((one) => ({
      id: `theme-${one}`,
      title: THEME_TITLES[one],
      keywords: ['appearance', 'colour', 'mode'],
      run: () => setTheme(one),
    })),
  ];
}
