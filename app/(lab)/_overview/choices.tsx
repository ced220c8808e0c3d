'use client';

import { useState, type ReactNode } from 'react';
import type { Report } from '../../_lib/report.ts';
import { dockerAway } from '../../_lib/docker.ts';
import { reportOf } from '../../_lib/trpc.ts';
import type { LabChoices, LabOverview } from '../../_lib/wire.ts';
import { Button } from '../../_ui/button.tsx';
import { WithCode } from '../../_ui/copy.tsx';
import { Note } from '../../_ui/note.tsx';
import { Loading, Skeleton } from '../../_ui/skeleton.tsx';
import { ChoiceCard } from './choice-card.tsx';
import { ENGINES, engineTitle, lackOf, overruled, PROFILES, takenBy, type Choice } from './choice-words.ts';
import { useChoices, useRecordChoice } from './use-choices.ts';
import { isUp } from './view.ts';
import styles from './choices.module.css';

interface ChoicesProps {
  lab: LabOverview;
  busy: boolean;
  onSaved: () => void;
  onClose: () => void;
}

/** Engine and profile: what there is to choose, what each needs, what was found. Nothing switches by itself. */
export function Choices({ lab, busy, onSaved, onClose }: ChoicesProps) {
  const { data: choices, error, refetch, isFetching } = useChoices();
  if (choices === undefined) {
    if (error !== null) return <Trouble report={reportOf(error)} />;
    return (
      <>
        <Loading what="what can be chosen" />
        <Skeleton height="14rem" />
      </>
    );
  }
  return (
    <Form lab={lab} busy={busy} choices={choices} onSaved={onSaved} onClose={onClose}>
      <Button kind="quiet" disabled={isFetching} onClick={() => void refetch()}>
        {isFetching ? 'Looking…' : 'Look again'}
      </Button>
    </Form>
  );
}

interface FormProps extends ChoicesProps {
  choices: LabChoices;
  /** Beside the buttons. */
  children: ReactNode;
}

function Form({ lab, busy, choices, onSaved, onClose, children }: FormProps) {
  const { inForce } = choices;
  const [picked, setPicked] = useState<Partial<Choice>>({});
  const record = useRecordChoice();
  const choice: Choice = { engine: inForce.engineChoice, profile: inForce.profile, ...picked };
  const taken = takenBy(choices, choice.engine);
  const same = choice.engine === inForce.engineChoice && choice.profile === inForce.profile;
  const away = dockerAway(lab) !== null;
  const moves = taken !== lab.engine && isUp(lab);
  const stops = moves && !away;
  const report = record.error === null ? null : reportOf(record.error);
  return (
    <form
      className={styles.form}
      data-testid="choices"
      onSubmit={(event) => {
        event.preventDefault();
        record.mutate({ lab, choice }, { onSuccess: onSaved });
      }}
    >
      <fieldset className={styles.group} disabled={overruled('engine', choices) !== null || record.isPending}>
        <legend>Engine</legend>
        <Overruled words={overruled('engine', choices)} />
        <div className={styles.cards}>
          {choices.engines.map(({ id, takes, needs }) => (
            <ChoiceCard
              key={id}
              name="engine"
              value={id}
              title={ENGINES[id].title}
              words={`${ENGINES[id].words}${id === 'auto' ? ` Now: ${engineTitle(takes)}.` : ''}`}
              needs={id === 'auto' ? [] : needs}
              checked={choice.engine === id}
              onPick={() => setPicked({ ...picked, engine: id })}
            />
          ))}
        </div>
      </fieldset>
      <fieldset
        className={styles.group}
        disabled={overruled('profile', choices) !== null || record.isPending}
      >
        <legend>Profile on {engineTitle(taken)}</legend>
        <Overruled words={overruled('profile', choices)} />
        <div className={styles.cards}>
          {choices.profiles.map(({ id, on }) => (
            <ChoiceCard
              key={id}
              name="profile"
              value={id}
              title={PROFILES[id].title}
              words={PROFILES[id].words[taken]}
              needs={on[taken].needs}
              checked={choice.profile === id}
              onPick={() => setPicked({ ...picked, profile: id })}
            />
          ))}
        </div>
      </fieldset>
      <p className={styles.effect} aria-live="polite">
        <Effect
          same={same}
          lacking={lackOf(choices, choice).length > 0}
          stops={stops}
          leaves={moves && away}
          from={engineTitle(lab.engine)}
          up={isUp(lab)}
        />
      </p>
      {report !== null && <Trouble report={report} />}
      <div className={styles.buttons}>
        <Button
          type="submit"
          kind="primary"
          data-testid="record-choice"
          disabled={same || busy || record.isPending}
        >
          {record.isPending
            ? stops
              ? 'Stopping the lab…'
              : 'Saving…'
            : stops
              ? 'Stop the lab and switch'
              : 'Save the choice'}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Close
        </Button>
        {children}
      </div>
    </form>
  );
}

function Trouble({ report: { message, fix } }: { report: Report }) {
  return <Note tone="bad" role="alert" message={message} fix={fix} />;
}

function Overruled({ words }: { words: string | null }) {
  if (words === null) return null;
  return (
    <p className={styles.overruled}>
      <WithCode text={words} />
    </p>
  );
}

interface EffectProps {
  same: boolean;
  lacking: boolean;
  stops: boolean;
  /** Docker is away: what is up there can't be stopped. */
  leaves: boolean;
  from: string;
  up: boolean;
}

/** What saving will do, before it is done. */
function Effect({ same, lacking, stops, leaves, from, up }: EffectProps): string {
  if (same) return 'This is what holds now.';
  if (leaves)
    return 'Docker can’t be asked to stop anything. Containers that are up there stay up until you choose Docker again and press Stop.';
  const words = stops
    ? `The lab runs on ${from}: it is stopped there first, and its data stays. Then press Start.`
    : `Written to ai-lab.yaml; ${up ? 'the running lab stays as it is until' : 'it takes effect with'} the next Start.`;
  return lacking
    ? `${words} With this choice the lab cannot be started until what is missing is there.`
    : words;
}
