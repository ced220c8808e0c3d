/** An error of the server's engine becomes the same error here, with its code and its fix. */
import { TRPCClientError } from '@trpc/client';
import * as z from 'zod';
import { LabError } from '../lib/errors.ts';
import { errorReport } from '../schemas/lab.ts';

const labErrorData = z.object({ lab: errorReport });

export async function plain<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw plainError(error);
  }
}

export function plainError(error: unknown): unknown {
  if (!(error instanceof TRPCClientError)) return error;
  const data = labErrorData.safeParse(error.data);
  if (data.success) return new LabError({ ...data.data.lab, cause: error });
  return new LabError({
    code: 'server_unreachable',
    message: `The ailab-web server of this home did not do it: ${error.message}`,
    fix: 'Look at its terminal; end it and start it again if it hangs.',
    cause: error,
  });
}
