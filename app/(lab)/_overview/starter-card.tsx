'use client';

import { InnerLink } from '../../_ui/link.tsx';
import { formatBytes } from '../../../server/schemas/format.ts';
import { reportOf } from '../../_lib/trpc.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { Button, ButtonLink } from '../../_ui/button.tsx';
import { CopyButton } from '../../_ui/copy.tsx';
import { Facts } from '../../_ui/facts.tsx';
import { Fold } from '../../_ui/fold.tsx';
import { Note } from '../../_ui/note.tsx';
import { Panel } from '../../_ui/panel.tsx';
import { useLabActions } from './action-bar.tsx';
import styles from './overview.module.css';

interface StarterCardProps {
  lab: LabOverview;
  starter: NonNullable<LabOverview['starter']>;
}

/** The first run: what will be fetched, from whom and how big, and only then the button. */
export function StarterCard({ lab, starter }: StarterCardProps) {
  const { up, busy } = useLabActions();
  const report = up.error === null ? null : reportOf(up.error);
  return (
    <Panel
      title={starter.present ? 'Start with the starter model' : 'Start with a small model'}
      note="Small enough for any laptop, good enough to see everything work. It runs on this machine alone."
      testId="starter"
    >
      <div className={styles.starter}>
        <Facts
          facts={[
            { name: 'Model', value: starter.name },
            { name: 'Licence', value: starter.licence },
            {
              name: starter.present ? 'Size' : 'To download',
              value: starter.present
                ? `${formatBytes(starter.bytes)}, already here`
                : `at most ${formatBytes(starter.downloadBytes)}`,
            },
            { name: 'Source', value: starter.source },
            ...(starter.besides === null ? [] : [{ name: 'And besides', value: starter.besides }]),
          ]}
        />
        <div className={styles.actions}>
          <Button
            kind="primary"
            data-testid="starter-start"
            disabled={busy}
            onClick={() => up.mutate({ starter: true })}
          >
            {starter.present ? 'Start' : 'Download and start'}
          </Button>
          <ButtonLink href="/plan?starter">Review the plan</ButtonLink>
        </div>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        <OtherWays path={lab.status.config_path} />
      </div>
    </Panel>
  );
}

const OWN_FILE = 'model_path: ~/models/some.gguf';
const FROM_CACHE = 'model_id: bartowski/SmolLM2-360M-Instruct-GGUF:Q4_K_M';

function OtherWays({ path }: { path: string }) {
  return (
    <Fold title="Other ways: weights you have already, or others">
      <div className={styles.ways}>
        <p>
          <InnerLink href="/models">Choose a model</InnerLink> of those on this machine, or download another
          one.
        </p>
        <p>
          Or put one line into <Path path={path} />
        </p>
        <Line title="A GGUF file of yours, or a folder that holds one" text={OWN_FILE} />
        <Line title="A model in the Hugging Face cache of this machine" text={FROM_CACHE} />
        <p>Then press Start: the file is read anew each time.</p>
      </div>
    </Fold>
  );
}

function Path({ path }: { path: string }) {
  return (
    <span className={styles.path}>
      <code>{path}</code>
      <CopyButton text={path} what="the path of ai-lab.yaml" />
    </span>
  );
}

function Line({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <p className={styles.lineTitle}>{title}</p>
      <div className={styles.line}>
        <code>{text}</code>
        <CopyButton text={text} what={`the line ${text}`} />
      </div>
    </div>
  );
}
