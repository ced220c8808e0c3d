/** Keeps runtime.json equal to what the supervisor knows, also when the disk was full or the file was changed. */
import { readFileSync } from 'node:fs';
import { type RuntimeRecord, type RuntimeState } from '../resources/embedded-runtime/record.ts';
import { writePrivateFile } from '../lib/private-file.ts';

export interface RecordKeeper {
  readonly record: Readonly<RuntimeRecord>;
  set(change: Partial<RuntimeRecord>): void;
  enter(state: RuntimeState, change?: Partial<RuntimeRecord>): void;
  /** Writes again what could not be written, or was changed by someone else. */
  repair(): void;
}

export function keepRecord(file: string, first: RuntimeRecord): RecordKeeper {
  let record = first;
  const text = () => `${JSON.stringify(record, undefined, 2)}\n`;
  const write = () => {
    try {
      writePrivateFile(file, text());
    } catch {
      // A full disk, say: `repair` tries again.
    }
  };
  const set = (change: Partial<RuntimeRecord>) => {
    record = { ...record, ...change };
    write();
  };
  write();
  return {
    get record() {
      return record;
    },
    set,
    enter(state, change = {}) {
      set({ ...change, state, ...(state === record.state ? {} : { since: Date.now() }) });
    },
    repair() {
      if (readText(file) !== text()) write();
    },
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
