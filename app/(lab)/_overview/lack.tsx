'use client';

import { reportOf } from '../../_lib/trpc.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { Button } from '../../_ui/button.tsx';
import { Note } from '../../_ui/note.tsx';
import { Stack } from '../../_ui/panel.tsx';
import type { Need } from './choice-words.ts';
import { useRecordChoice } from './use-choices.ts';

/** The lab can't be started as it is chosen: what was looked for, what was found, and the way out. */
export function Lack({ lab, lack, busy }: { lab: LabOverview; lack: readonly Need[]; busy: boolean }) {
  const record = useRecordChoice();
  if (lack.length === 0) return null;
  const gpu = lab.profile !== 'default';
  const title = `The lab can’t be started${gpu ? ` with the profile ${lab.profile}` : ''}`;
  const report = record.error === null ? null : reportOf(record.error);
  return (
    <section aria-label="What is missing" data-testid="lack">
      <Stack>
        {lack.map(({ what, found, fix }, index) => (
          <Note key={what} tone="bad" title={index === 0 ? title : undefined} message={found} fix={fix ?? ''}>
            {gpu && index === lack.length - 1 && (
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
