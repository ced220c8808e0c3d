'use client';

import { Button } from '../_ui/button.tsx';
import { Note } from '../_ui/note.tsx';
import { PageHead } from '../_ui/panel.tsx';

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <>
      <PageHead title="This page has failed" />
      <Note
        tone="bad"
        role="alert"
        message={error.message === '' ? 'It gave no reason.' : error.message}
        fix="The lab itself is not touched by this. Try again; if it stays, run `ailab-web doctor` and report what it prints."
      >
        <Button kind="primary" onClick={reset}>
          Try again
        </Button>
      </Note>
    </>
  );
}
