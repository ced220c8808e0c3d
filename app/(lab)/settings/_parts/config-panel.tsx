'use client';

import { useRef } from 'react';
import { exampleConfig } from '../../../../server/schemas/config-example.ts';
import { reportOf } from '../../../_lib/trpc.ts';
import type { ConfigView } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Fold } from '../../../_ui/fold.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import { ConfigEditor } from './config-editor.tsx';
import { ConfigProblems } from './config-problems.tsx';
import { ConfigValues } from './config-values.tsx';
import { selectLine } from './lines.ts';
import { useConfigText, useConfigView } from './use-config.ts';
import styles from './config.module.css';

const NOTE = 'The file that says what the lab is. The same file that you edit by hand.';

export function ConfigPanel() {
  const { data: view, error } = useConfigView();
  const report = error === null ? null : reportOf(error);
  return (
    <Panel
      title="ai-lab.yaml"
      note={NOTE}
      testId="config"
      aside={view !== undefined && <FileState view={view} />}
    >
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {view === undefined && error === null && <Skeleton height="24rem" />}
      {view !== undefined && (
        <div className={styles.parts}>
          {view.exists && view.text === null ? <NotShown view={view} /> : <TextPart view={view} />}
          <Fold title="Every key: its value, where it comes from, what it means">
            <ConfigValues view={view} />
          </Fold>
        </div>
      )}
    </Panel>
  );
}

function FileState({ view }: { view: ConfigView }) {
  if (!view.exists) return <State tone="idle">no file yet: the defaults hold</State>;
  if (view.valid) return <State tone="ok">valid</State>;
  return <State tone="bad">invalid: the lab can be stopped, not started</State>;
}

/** Too large, a folder, unreadable: what is there can't be edited here. */
function NotShown({ view }: { view: ConfigView }) {
  const [problem] = view.problems;
  return (
    <Note
      tone="bad"
      message={`${view.path}: ${problem?.message ?? 'It can’t be read.'}`}
      fix="Mend or move it on this machine; this page shows it then."
    />
  );
}

function TextPart({ view }: { view: ConfigView }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const config = useConfigText(view);
  const report = config.error === null ? null : reportOf(config.error);
  return (
    <>
      {config.conflict && (
        <Note
          tone="warn"
          role="alert"
          testId="config-conflict"
          message="The file was changed on disk since you began to edit it here. Your text is kept; nothing was written."
        >
          <Button small onClick={config.discard}>
            Show the file, drop my text
          </Button>
          <Button small onClick={config.keep}>
            Keep my text over it
          </Button>
        </Note>
      )}
      {config.conflict && (
        <Fold title="What is on disk now">
          <pre className={styles.disk}>{view.text ?? ''}</pre>
        </Fold>
      )}
      <ConfigEditor
        ref={field}
        text={config.text}
        problems={config.problems}
        onChange={config.change}
        onSave={() => config.canSave && config.save()}
      />
      <ConfigProblems
        problems={config.problems}
        onGo={(problem) => field.current !== null && selectLine(field.current, problem.line)}
      />
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      <div className={styles.actions}>
        <Button kind="primary" data-testid="config-save" disabled={!config.canSave} onClick={config.save}>
          Save
        </Button>
        {config.unsaved && (
          <Button data-testid="config-discard" onClick={config.discard}>
            Discard changes
          </Button>
        )}
        {config.text === '' && (
          <Button onClick={() => config.change(exampleConfig())}>Begin with the documented example</Button>
        )}
        <output className={styles.said} data-testid="config-said">
          {wordsOf(config)}
        </output>
      </div>
    </>
  );
}

function wordsOf({ unsaved, checking, saved, problems }: ReturnType<typeof useConfigText>): string {
  if (unsaved && checking) return 'Checking…';
  if (unsaved) return problems.length === 0 ? 'Not saved yet.' : 'Not saved: mend the lines above first.';
  return saved ? 'Saved. What runs takes it on at the next Start.' : '';
}
