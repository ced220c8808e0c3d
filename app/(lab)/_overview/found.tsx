'use client';

import { useQuery } from '@tanstack/react-query';
import { reportOf, trpc } from '../../_lib/trpc.ts';
import { Button } from '../../_ui/button.tsx';
import { WithCode } from '../../_ui/copy.tsx';
import { Note } from '../../_ui/note.tsx';
import { Panel } from '../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../_ui/skeleton.tsx';
import { StateMark } from '../../_ui/state.tsx';
import { Ago } from '../../_ui/time.tsx';
import { foundFacts, type FoundFact } from './found-words.ts';
import { useChoices } from './use-choices.ts';
import styles from './found.module.css';

/** How many lines the facts have when all are there: so nothing below them moves. */
const LINES = 9;

/** Before the first start: what this machine has, and a way to look again after changing it. */
export function Found() {
  const doctor = useQuery({ ...trpc.lab.doctor.queryOptions(), staleTime: 0 });
  const choices = useChoices();
  const models = useQuery(trpc.models.list.queryOptions());
  const asked = [doctor, choices, models];
  const looking = asked.some(({ isFetching }) => isFetching);
  const failed = asked.find(({ error }) => error !== null)?.error;
  const report = failed === undefined || failed === null ? null : reportOf(failed);
  const complete = asked.every(({ isPending }) => !isPending);
  const facts = foundFacts(doctor.data, choices.data, models.data);
  return (
    <Panel
      title="What was found on this machine"
      note={complete ? <Looked at={doctor.dataUpdatedAt} /> : 'Being looked at; nothing is changed by it.'}
      testId="found"
      aside={
        <Button
          small
          data-testid="look-again"
          disabled={looking}
          onClick={() => void Promise.all(asked.map(({ refetch }) => refetch()))}
        >
          {looking ? 'Looking…' : 'Look again'}
        </Button>
      }
    >
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {complete ? (
        <dl className={styles.facts}>
          {facts.map((fact) => (
            <Fact key={fact.name} fact={fact} />
          ))}
        </dl>
      ) : (
        <>
          <Loading what="what this machine has" />
          <Skeleton height={`${LINES * 2}rem`} />
        </>
      )}
    </Panel>
  );
}

function Looked({ at }: { at: number }) {
  return at === 0 ? null : (
    <>
      Looked at <Ago at={at} />. Nothing was changed.
    </>
  );
}

const WORDS: Record<FoundFact['tone'], string> = {
  ok: 'good: ',
  idle: '',
  busy: '',
  warn: 'worth a look: ',
  bad: 'trouble: ',
};

function Fact({ fact: { name, tone, words, fix } }: { fact: FoundFact }) {
  return (
    <div className={styles.fact}>
      <dt>
        <StateMark tone={tone} />
        {name}
      </dt>
      <dd>
        <span className="hear">{WORDS[tone]}</span>
        <WithCode text={words} />
        {fix !== null && (
          <p className={styles.fix}>
            <WithCode text={fix} commands />
          </p>
        )}
      </dd>
    </div>
  );
}
