/** Hashes of large files, kept in the settings under what changes when their bytes do, so that each is read once. */
import * as z from 'zod';
import type { Db } from '../../db/client.ts';
import { readSetting, writeSetting } from '../../db/queries/settings.ts';
import type { LockContext } from '../engine/resource.ts';
import { fileMark, hashFiles } from '../lib/hash-files.ts';

const kept = z.object({ mark: z.string(), sha256: z.string() });

export function createFileHashes(db: Db): LockContext['hash'] {
  return async (files, { signal, report }) => {
    const [first = ''] = files;
    const key = `sha256/${first}${files.length > 1 ? `+${files.length - 1}` : ''}`;
    const mark = (await Promise.all(files.map(fileMark))).join(' ');
    const known = kept.safeParse(readSetting(db, key));
    if (known.success && known.data.mark === mark) return known.data.sha256;
    const message = `Reading ${first} to know it again.`;
    const sha256 = await hashFiles(files, signal, (progress) =>
      report({ message, ...progress, unit: 'bytes' }),
    );
    // Written to while it was read: the hash is of no moment of the file.
    if ((await Promise.all(files.map(fileMark))).join(' ') === mark) writeSetting(db, key, { mark, sha256 });
    return sha256;
  };
}
