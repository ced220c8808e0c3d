'use client';

import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { formatBytes, formatCount } from '../../../../server/schemas/format.ts';
import { useOverview } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { FitReport } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { cx } from '../../../_ui/cx.ts';
import { Note } from '../../../_ui/note.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import { shares } from './models-words.ts';
import styles from './fit.module.css';

const STEP = 256;
const LEAST = 256;
const MOST = 1_048_576;
/** Where the file does not say what it was trained for. */
const USUAL_MOST = 32_768;
const DEFAULT_CONTEXT = 4096;

/** Memory that the model needs at a context, against what there is; the context is tried here and set in ai-lab.yaml. */
export function Fit({ id, trained }: { id: string; trained: number | null }) {
  const configured = useOverview()?.model?.contextSize ?? DEFAULT_CONTEXT;
  const [asked, setAsked] = useState<number | null>(null);
  const contextSize = asked ?? configured;
  const settled = useSettled(contextSize, 150);
  const fit = useQuery({
    ...trpc.models.fit.queryOptions({ id, contextSize: clamp(settled) }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
  const report = fit.error === null ? null : reportOf(fit.error);
  return (
    <section className={styles.fit} aria-label="Memory" data-testid="fit">
      <ContextInput
        value={contextSize}
        most={Math.max(trained ?? USUAL_MOST, configured)}
        onChange={setAsked}
      />
      {report !== null && <Note tone="bad" message={report.message} fix={report.fix} />}
      {fit.data === undefined && report === null && <Skeleton height="7rem" />}
      {fit.data !== undefined && <Report report={fit.data} />}
      {clamp(contextSize) !== configured && <SetContext contextSize={clamp(contextSize)} />}
    </section>
  );
}

/** Writes the size that was tried into ai-lab.yaml; it holds from the next start on. */
function SetContext({ contextSize }: { contextSize: number }) {
  const set = useMutation(trpc.config.set.mutationOptions());
  const report = set.error === null ? null : reportOf(set.error);
  return (
    <>
      <p className={styles.set}>
        <Button
          small
          disabled={set.isPending}
          data-testid="fit-set"
          onClick={() => set.mutate({ key: 'context_size', value: contextSize })}
        >
          Set context_size to {formatCount(contextSize)}
        </Button>
        <span>in ai-lab.yaml; it holds from the next start on.</span>
      </p>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
    </>
  );
}

function clamp(value: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.round(value)));
}

interface ContextInputProps {
  value: number;
  most: number;
  onChange: (value: number) => void;
}

function ContextInput({ value, most, onChange }: ContextInputProps) {
  const id = useId();
  return (
    <div className={styles.context}>
      <label htmlFor={id}>Context</label>
      <input
        type="range"
        aria-label="Context, by slider"
        min={LEAST}
        max={most}
        step={STEP}
        value={Math.min(value, most)}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <input
        id={id}
        className={styles.number}
        type="number"
        inputMode="numeric"
        min={LEAST}
        max={MOST}
        value={value}
        data-testid="fit-context"
        onChange={(event) => {
          const next = event.target.valueAsNumber;
          if (Number.isFinite(next)) onChange(next);
        }}
        onBlur={() => onChange(clamp(value))}
      />
      <span>tokens</span>
    </div>
  );
}

const PARTS = [
  { key: 'weights', name: 'Weights' },
  { key: 'kvCache', name: 'KV cache' },
  { key: 'compute', name: 'Buffers' },
  { key: 'runtime', name: 'Program' },
] as const;

function Report({ report }: { report: FitReport }) {
  const { need, room, fits, largestContext, notes } = report;
  const share = shares(
    PARTS.map(({ key }) => need[key]),
    room?.freeBytes ?? null,
  );
  return (
    <>
      <p data-testid="fit-verdict">
        {fits === null ? (
          <State tone="idle">Not known whether it fits</State>
        ) : fits ? (
          <State tone="ok">Fits</State>
        ) : (
          <State tone="warn">Will not fit, but can be started anyway</State>
        )}
      </p>
      <div className={styles.bar} aria-hidden="true">
        {PARTS.map(({ key }, index) => (
          <span
            key={key}
            className={cx(styles.part, styles[key])}
            style={{ width: `${(share.parts[index] ?? 0) * 100}%` }}
          />
        ))}
        {room !== null && share.room < 1 && (
          <span className={styles.limit} style={{ left: `${share.room * 100}%` }} />
        )}
      </div>
      <ul className={styles.legend}>
        {PARTS.map(({ key, name }) => (
          <li key={key}>
            <span className={cx(styles.swatch, styles[key])} aria-hidden="true" />
            {name} <span className="fig">{formatBytes(need[key])}</span>
          </li>
        ))}
      </ul>
      <p className={styles.message} data-testid="fit-message">
        {report.message}
      </p>
      {report.fix !== '' && <p className={styles.quiet}>{report.fix}</p>}
      {largestContext !== null && largestContext > 0 && (
        <p className={styles.quiet}>
          The largest context that fits now: <span className="fig">{formatCount(largestContext)} tokens</span>
          .
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={styles.quiet}>
          {note}
        </p>
      ))}
    </>
  );
}

/** The value once it has stood still for so long. */
function useSettled(value: number, ms: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
