/** Files that go along with the next question: by button, by drag, by paste. */
'use client';

import { useState, type ClipboardEvent, type DragEvent } from 'react';
import type { Attachment } from '../../../../server/schemas/chat-attachments.ts';
import { readFiles } from './read-files.ts';

export function useFiles() {
  const [files, setFiles] = useState<Attachment[]>([]);
  const [refused, setRefused] = useState<string[]>([]);
  const [over, setOver] = useState(false);

  async function add(list: Iterable<File>): Promise<void> {
    const added = [...list];
    if (added.length === 0) return;
    const read = await readFiles(files, added);
    setFiles(read.files);
    setRefused(read.refused);
  }

  return {
    files,
    refused,
    /** A drag of files is over it. */
    over,
    add,
    remove(index: number): void {
      setFiles(files.filter((_file, place) => place !== index));
      setRefused([]);
    },
    clear(): void {
      setFiles([]);
      setRefused([]);
    },
    /** For the element that takes them. */
    handlers: {
      onPaste(event: ClipboardEvent): void {
        // A spreadsheet puts a picture beside its text: the text is what is meant.
        const { files: pasted, types } = event.clipboardData;
        if (pasted.length === 0 || types.includes('text/plain')) return;
        event.preventDefault();
        void add(pasted);
      },
      onDragOver(event: DragEvent): void {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event: DragEvent): void {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop(event: DragEvent): void {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        setOver(false);
        void add(event.dataTransfer.files);
      },
    },
  };
}
