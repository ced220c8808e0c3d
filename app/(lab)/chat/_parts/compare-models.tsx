'use client';

import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { formatBytes } from '../../../../server/schemas/format.ts';
import {
  cancelComparison,
  clearComparison,
  compareModels,
  isComparing,
  useComparison,
  type Comparison,
} from '../../../_lib/model-comparison.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import { Elapsed } from '../../../_ui/time.tsx';
import styles from './compare.module.css';

interface CompareModelsProps {
  conversationId: string;
  messageId: string;
  settings: ChatSettings;
  idle: boolean;
  onBegin: () => void;
}

/** There is one runtime: the other model takes the place of the lab's, answers, and gives it back. */
export function CompareModels({ conversationId, messageId, settings, idle, onBegin }: CompareModelsProps) {
  const list = useQuery(trpc.models.list.queryOptions());
  const comparison = useComparison();
  const [chosen, setChosen] = useState('');
  const [goBack, setGoBack] = useState(true);
  const [asking, setAsking] = useState(false);
  const id = useId();
  const report = list.error === null ? null : reportOf(list.error);
  if (report !== null) return <Note tone="bad" message={report.message} fix={report.fix} />;
  if (list.data === undefined) return <Skeleton height="4rem" />;
  const usable = list.data.entries.filter(({ kind, error }) => kind === 'model' && error === null);
  const before = usable.find(({ configured }) => configured);
  const others = usable.filter(({ configured }) => !configured);
  const other = others.find((one) => one.id === chosen) ?? others[0];
  if (before === undefined) {
    return (
      <Note
        tone="warn"
        message="The lab’s model is not among the models of this machine, so there would be no way back to it."
        fix="Choose the lab’s model on the Models page first."
      />
    );
  }
  if (other === undefined) {
    return (
      <Note
        tone="idle"
        message="There is no other model on this machine."
        fix="Download one on the Models page."
      />
    );
  }
  return (
    <>
      <label htmlFor={id}>The other model</label>
      <select
        id={id}
        className={styles.select}
        data-testid="compare-model"
        value={other.id}
        onChange={(event) => setChosen(event.target.value)}
      >
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {`${one.title} (${one.name}, ${formatBytes(one.sizeBytes)})`}
          </option>
        ))}
      </select>
      <label className={styles.check}>
        <input type="checkbox" checked={goBack} onChange={(event) => setGoBack(event.target.checked)} />
        Go back to {before.title} afterwards
      </label>
      <Button
        kind="primary"
        data-testid="compare-switch"
        disabled={!idle || isComparing()}
        onClick={() => setAsking(true)}
      >
        Answer with {other.title}
      </Button>
      {comparison !== null && <Course comparison={comparison} />}
      {asking && (
        <Confirm
          title={`Switch the lab to ${other.title}?`}
          action="Switch and answer"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            clearComparison();
            onBegin();
            void compareModels({ conversationId, messageId, settings, before, other, goBack });
          }}
        >
          {before.title} is stopped and {other.title} is started in its place; ai-lab.yaml names it meanwhile.
          Programs that call the lab get 503 during each switch.{' '}
          {goBack
            ? `When the reply is written, or you cancel, the lab goes back to ${before.title}. Keep this tab open until then.`
            : `The lab keeps ${other.title} afterwards.`}
        </Confirm>
      )}
    </>
  );
}

/** For the page, while the sheet is closed: a switch of the lab's model goes on, and is told. */
export function ComparisonStrip() {
  const comparison = useComparison();
  if (comparison === null) return null;
  return (
    <div className={styles.strip}>
      <Course comparison={comparison} />
      {comparison.state === 'ended' && (
        <Button small onClick={clearComparison}>
          Close
        </Button>
      )}
    </div>
  );
}

/** What has been done so far, each with its time. */
function Course({ comparison }: { comparison: Comparison }) {
  const { steps, state, error, outcome } = comparison;
  return (
    <div className={styles.course} data-testid="compare-course" aria-live="polite">
      <ol>
        {steps.map(({ words, startedAt, endedAt, failed }) => (
          <li key={startedAt} className={styles.step}>
            <StateMark tone={failed ? 'bad' : endedAt === null ? 'busy' : 'ok'} /> {words}
            {failed && ' failed after'} <Elapsed from={startedAt} to={endedAt} />
          </li>
        ))}
      </ol>
      {error !== null && <Note tone="bad" message={error.message} fix={error.fix} />}
      {outcome !== null && <p>{outcome}</p>}
      {(state === 'switching' || state === 'answering') && (
        <Button data-testid="compare-cancel" onClick={cancelComparison}>
          Cancel
        </Button>
      )}
    </div>
  );
}
