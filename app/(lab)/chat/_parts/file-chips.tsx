'use client';

import type { Attachment } from '../../../../server/schemas/chat-attachments.ts';
import { formatBytes } from '../../../../server/schemas/format.ts';
import { Button } from '../../../_ui/button.tsx';
import { ClipIcon, CloseIcon } from '../../../_ui/chat-icons.tsx';
import styles from './turn.module.css';

interface FileChipsProps {
  files: readonly Attachment[];
  /** Absent: they are sent, and stay. */
  onRemove?: (index: number) => void;
}

export function FileChips({ files, onRemove }: FileChipsProps) {
  if (files.length === 0) return null;
  return (
    <ul className={styles.files} aria-label="Files" data-testid="files">
      {files.map(({ name, text }, index) => (
        // Two files may have one name, and one text.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={`${index} ${name}`} className={styles.file}>
          <ClipIcon />
          <span className={styles.fileName}>{name}</span>
          <span className="fig">{formatBytes(new Blob([text]).size)}</span>
          {onRemove !== undefined && (
            <Button kind="quiet" small aria-label={`Remove ${name}`} onClick={() => onRemove(index)}>
              <CloseIcon />
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
