/** What an item beside the services is, in a few words under its name. */
import { formatBytes } from '../../../server/schemas/format.ts';
import type { StatusItem } from '../../_lib/wire.ts';
import { numberOf, textOf } from './service-words.ts';

/** `weights, 105 MB, Q4_K_M`, `tool from npm, 3.22.1`, `model server, llama-server 0.0.1`. */
export function itemRole(item: StatusItem): string {
  const version = textOf(item, 'version');
  switch (item.domain) {
    case 'weights': {
      const size = numberOf(item, 'size_bytes');
      return listed('weights', size === null ? null : formatBytes(size), textOf(item, 'quantization'));
    }
    case 'package':
      return listed(item.manager === undefined ? 'tool' : `tool from ${item.manager}`, version);
    case 'process':
      return listed('model server', [textOf(item, 'runtime'), version].filter(Boolean).join(' '));
    case 'service':
      return 'container';
  }
}

const listed = (...words: (string | null)[]): string => words.filter(Boolean).join(', ');
