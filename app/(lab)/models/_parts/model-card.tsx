'use client';

import { useState } from 'react';
import { formatBytes, formatCount } from '../../../../server/schemas/format.ts';
import type { ModelEntry } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { Facts, type Fact } from '../../../_ui/facts.tsx';
import { Note } from '../../../_ui/note.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { Fit } from './fit.tsx';
import { Rename } from './rename.tsx';
import { factsLine, stateOf } from './models-words.ts';
import styles from './models.module.css';

interface ModelCardProps {
  entry: ModelEntry;
  busy: boolean;
  onUse: () => void;
  onDelete: () => void;
}

export function ModelCard({ entry, busy, onUse, onDelete }: ModelCardProps) {
  const [open, setOpen] = useState(false);
  const state = stateOf(entry);
  const usable = entry.kind === 'model' && entry.error === null;
  return (
    <li className={styles.card} data-testid="model" data-kind={entry.kind}>
      <div className={styles.head}>
        <div className={styles.who}>
          <h3 className={styles.title}>{entry.title}</h3>
          <p className={styles.name}>{entry.name}</p>
          <p className={styles.line}>
            {state !== null && <State tone={state.tone}>{state.word}</State>}
            <span className="fig">{formatBytes(entry.sizeBytes)}</span>
            {factsLine(entry) !== '' && <span>{factsLine(entry)}</span>}
            {entry.lastUsedAt !== null && (
              <span>
                used <Ago at={entry.lastUsedAt} />
              </span>
            )}
          </p>
        </div>
        <div className={styles.buttons}>
          {usable && !entry.configured && (
            <Button small disabled={busy} aria-label={`Use ${entry.title}`} onClick={onUse}>
              Use
            </Button>
          )}
          <Button small kind="quiet" disabled={busy} aria-label={`Delete ${entry.title}`} onClick={onDelete}>
            Delete
          </Button>
        </div>
      </div>
      {entry.error !== null && <Note tone="bad" message={entry.error.message} fix={entry.error.fix} />}
      {entry.safe !== null && (
        <p className={styles.safe}>
          Safe to delete: {entry.safe} Frees {formatBytes(entry.freesBytes)}.
        </p>
      )}
      <details className={styles.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{usable ? 'Memory and details' : 'Details'}</summary>
        <div className={styles.inside}>
          {open && usable && entry.configured && <Rename />}
          {open && usable && <Fit id={entry.id} trained={entry.contextLength} />}
          <Facts facts={factsOf(entry)} />
        </div>
      </details>
    </li>
  );
}

const FROM = { ledger: 'last asked', file: 'file last read' } as const;

function factsOf(entry: ModelEntry): Fact[] {
  const all: (Fact | null)[] = [
    entry.repo === null ? null : { name: 'Repository', value: entry.repo },
    entry.revision === null ? null : { name: 'Revision', value: <code>{entry.revision}</code> },
    {
      name: 'File',
      value: (
        <span className={styles.path}>
          <code>{entry.path}</code>
          <CopyButton text={entry.path} what="the path" />
        </span>
      ),
    },
    entry.contextLength === null
      ? null
      : { name: 'Trained for', value: `${formatCount(entry.contextLength)} tokens` },
    entry.chatTemplate === null
      ? null
      : { name: 'Chat template', value: entry.chatTemplate ? 'in the file' : 'none: ChatML is used' },
    entry.kind === 'model' ? { name: 'Licence', value: entry.licence ?? 'not told by the file' } : null,
    entry.lastUsedAt === null || entry.lastUsedFrom === null
      ? null
      : { name: 'Last use', value: <LastUse at={entry.lastUsedAt} from={entry.lastUsedFrom} /> },
    entry.sidecars.length === 0 ? null : { name: 'Beside it', value: entry.sidecars.join(', ') },
    entry.sameAs === null
      ? null
      : { name: 'Same weights', value: `${entry.sameAs.ids.length} more, by ${SAME[entry.sameAs.how]}` },
    {
      name: 'Deleting frees',
      value:
        entry.freesBytes === 0 ? 'nothing: its bytes are held by others too' : formatBytes(entry.freesBytes),
    },
  ];
  return all.filter((fact) => fact !== null);
}

const SAME = { file: 'one file on the disk', sha256: 'sha256', 'size-and-header': 'size, beginning and end' };

function LastUse({ at, from }: { at: number; from: 'ledger' | 'file' }) {
  return (
    <>
      <Ago at={at} /> ({FROM[from]})
    </>
  );
}
