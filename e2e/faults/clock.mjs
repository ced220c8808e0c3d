/**
 * Loaded before the product (`node --import`): the wall clock is off by the milliseconds that the file CLOCK_FILE
 * holds, whenever it is asked. The monotonic clock stays as it is, as on a real machine.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
const offset = () => {
  try {
    return Number(readFileSync(process.env.CLOCK_FILE ?? '', 'utf8')) || 0;
  } catch {
    return 0;
  }
};
const now = () => RealDate.now() + offset();

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
