/** Keeps runtime.json equal to what the supervisor knows, also when the disk was full or the file was deleted. */
import { existsSync } from 'node:fs';
import {
  writePrivateFile,
  type RuntimeRecord,
  type RuntimeState,
} from '../resources/embedded-runtime/record.ts';

export interface RecordKeeper {
  readonly record: Readonly<RuntimeRecord>;
  set(change: Partial<RuntimeRecord>): void;
  enter(state: RuntimeState, change?: Partial<RuntimeRecord>): void;
  /** Writes again what could not be written, or is no longer there. */
  repair(): void;
}

export function keepRecord(file: string, first: RuntimeRecord): RecordKeeper {
  let record = first;
  let dirty = true;
  const write = () => {
    try {
      writePrivateFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
      dirty = false;
    } catch {
      dirty = true;
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
      if (dirty || !existsSync(file)) write();
    },
  };
}
