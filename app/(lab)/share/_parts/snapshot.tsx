'use client';

import { useMutation } from '@tanstack/react-query';
import { saveFile } from '../../../_lib/save-file.ts';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';

/** The page as one file: for when this machine is off. */
export function Snapshot() {
  const take = useMutation({
    mutationFn: () => client.share.snapshot.query(),
    onSuccess: ({ html, takenAt }) => {
      const stamp = new Date(takenAt).toISOString().slice(0, 16).replaceAll(':', '');
      saveFile(`ailab-status-${stamp}.html`, html, 'text/html');
    },
  });
  const report = take.error === null ? null : reportOf(take.error);
  return (
    <Panel
      title="Snapshot"
      note="The same page as one HTML file, as the lab is now: it needs nothing from anywhere, and says when it was taken."
    >
      <Button data-testid="share-snapshot" disabled={take.isPending} onClick={() => take.mutate()}>
        Save as a file
      </Button>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
    </Panel>
  );
}
