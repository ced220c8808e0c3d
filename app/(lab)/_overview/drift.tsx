'use client';

import { useMutation } from '@tanstack/react-query';
import { reportOf, trpc } from '../../_lib/trpc.ts';
import type { StatusItem } from '../../_lib/wire.ts';
import { Button } from '../../_ui/button.tsx';
import { Note } from '../../_ui/note.tsx';
import { StateMark } from '../../_ui/state.tsx';
import { useLabActions } from './action-bar.tsx';
import { driftFields, fieldName, ignoredFields, listWords, type DriftField } from './drift-words.ts';
import styles from './services.module.css';

/** Where an item is another than was asked for, field by field, and what can be done: re-apply, or let it be. */
export function Drift({ item, busy }: { item: StatusItem; busy: boolean }) {
  const ignored = ignoredFields(item);
  const drifted = item.drift ?? [];
  return (
    <>
      {drifted.length > 0 && <Drifted item={item} fields={drifted} busy={busy} />}
      {ignored.length > 0 && <Ignored item={item} fields={ignored} />}
    </>
  );
}

function Drifted({ item, fields, busy }: { item: StatusItem; fields: string[]; busy: boolean }) {
  const { up, busy: acting } = useLabActions();
  const ignore = useMutation(trpc.lab.ignoreDrift.mutationOptions());
  const { domain, name } = item;
  const failed = up.error ?? ignore.error;
  const report = failed === null ? null : reportOf(failed);
  return (
    <div className={styles.drift} data-testid={`drift-${name}`}>
      <p className={styles.driftTitle}>
        <StateMark tone="warn" /> Runs otherwise than asked for
      </p>
      <dl className={styles.fields}>
        {driftFields(item, fields).map((one) => (
          <Field key={one.field} {...one} />
        ))}
      </dl>
      <div className={styles.buttons}>
        <Button
          small
          data-testid={`reapply-${name}`}
          disabled={busy || acting}
          title="Starts the lab again: only what differs or is missing is made anew, the rest runs on."
          onClick={() => up.mutate({ starter: false })}
        >
          Re-apply
        </Button>
        <Button
          small
          kind="quiet"
          data-testid={`ignore-${name}`}
          disabled={ignore.isPending}
          title="Lets it be as it is, until it changes again or the service is made anew."
          onClick={() => ignore.mutate({ domain, name, fields })}
        >
          Ignore
        </Button>
      </div>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
    </div>
  );
}

function Field({ name, detail, runs, asked }: DriftField) {
  return (
    <div className={styles.field}>
      <dt>{name}</dt>
      {detail !== null && <dd>{detail}</dd>}
      {runs !== null && (
        <dd>
          runs with <b>{runs}</b>
          {asked !== null && (
            <>
              , asked for <b>{asked}</b>
            </>
          )}
        </dd>
      )}
    </div>
  );
}

function Ignored({ item, fields }: { item: StatusItem; fields: string[] }) {
  const heed = useMutation(trpc.lab.heedDrift.mutationOptions());
  const { domain, name } = item;
  const report = heed.error === null ? null : reportOf(heed.error);
  return (
    <div className={styles.ignored} data-testid={`ignored-${name}`}>
      <span>Differs in {listWords(fields.map(fieldName))}, ignored.</span>
      <Button
        small
        kind="quiet"
        data-testid={`heed-${name}`}
        disabled={heed.isPending}
        onClick={() => heed.mutate({ domain, name })}
      >
        Heed again
      </Button>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
    </div>
  );
}
