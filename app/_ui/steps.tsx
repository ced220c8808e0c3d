/** The steps of an activity, each with its state, its time and how far it is. */
import { InnerLink } from './link.tsx';
import { STEP_STATES } from '../_lib/words.ts';
import type { ActivityStep } from '../_lib/wire.ts';
import { cx } from './cx.ts';
import { Progress } from './progress.tsx';
import { StateMark } from './state.tsx';
import { Elapsed } from './time.tsx';
import styles from './steps.module.css';

export function Steps({ steps }: { steps: readonly ActivityStep[] }) {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <Step key={`${step.name} ${step.startedAt} ${step.title}`} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { step: ActivityStep }) {
  const { tone, word } = STEP_STATES[step.state];
  const running = step.state === 'running';
  return (
    <li className={cx(styles.step, running && styles.running)} data-testid={`stage-${step.name}`}>
      <span className={styles.mark}>
        <StateMark tone={tone} />
      </span>
      <span className={styles.title}>
        {step.hookRun === undefined ? (
          step.title
        ) : (
          <InnerLink href={`/hooks/${encodeURIComponent(step.hookRun.name)}?run=${step.hookRun.id}`}>
            {step.title}
          </InnerLink>
        )}
        <span className={styles.word}>{word}</span>
      </span>
      <span className={styles.time}>
        <Elapsed from={step.startedAt} to={step.endedAt} />
      </span>
      {/* Why a hook did not do what it is for; of the other steps, the activity itself tells. */}
      {!running && step.hookRun !== undefined && step.state !== 'done' && step.progress !== null && (
        <p className={styles.why}>{step.progress.message}</p>
      )}
      {running && step.progress !== null && (
        <div className={styles.progress}>
          <Progress progress={step.progress} label={step.title} />
        </div>
      )}
    </li>
  );
}
