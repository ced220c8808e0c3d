import * as z from 'zod';

/** One line of text that a person can see: no control characters, not empty. */
export function line(max: number) {
  return z
    .string()
    .min(1, 'It is empty.')
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'It holds a control character.');
}
