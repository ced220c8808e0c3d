'use client';

import { useOverview } from '../../../_lib/live.tsx';
import { PageHead, Stack } from '../../../_ui/panel.tsx';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Clients } from './clients.tsx';
import { UseIt } from './use-it.tsx';

/** Using the lab from elsewhere on this machine, and who does. */
export function ConnectPage() {
  const lab = useOverview();
  return (
    <>
      <PageHead
        title="Connect"
        note="Use this lab from your editor, your scripts and any program that speaks OpenAI’s API."
      />
      <Stack>
        {lab !== undefined && lab.phase !== 'running' && (
          <Note
            tone="idle"
            message="The model is not up: programs get 503 and a sentence that says why. All that is below is right already."
          >
            <ButtonLink href="/">Go to the Overview</ButtonLink>
          </Note>
        )}
        <UseIt />
        <Clients />
      </Stack>
    </>
  );
}
