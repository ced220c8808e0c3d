'use client';

import { reportOf } from '../../_lib/trpc.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { Button } from '../../_ui/button.tsx';
import { Note } from '../../_ui/note.tsx';
import { Stack } from '../../_ui/panel.tsx';
import type { Need } from './choice-words.ts';
import { useRecordChoice } from './use-choices.ts';

/** The profile that ai-lab.yaml names can't be started here: what was looked for, what was found, and the way out. */
export function ProfileLack({ lab, lack, busy }: { lab: LabOverview; lack: readonly Need[]; busy: boolean }) {
  const record = useRecordChoice();
  if (lack.length === 0) return null;
  const report = record.error === null ? null : reportOf(record.error);
  return (
    <section aria-label={`The profile ${lab.profile}`} data-testid="profile-lack">
      <Stack>
        {lack.map(({ what, found, fix }, index) => (
          <Note
            key={what}
            tone="bad"
            title={index === 0 ? `The lab can’t be started with the profile ${lab.profile}` : undefined}
            message={found}
            fix={fix ?? ''}
          >
            {index === lack.length - 1 && (
              <Button
                disabled={busy || record.isPending}
                onClick={() => record.mutate({ lab, choice: { profile: 'default' } })}
              >
                Use the profile default
              </Button>
            )}
          </Note>
        ))}
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      </Stack>
    </section>
  );
}
