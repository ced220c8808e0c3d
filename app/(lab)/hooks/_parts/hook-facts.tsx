import { formatDuration } from '../../../../server/schemas/format.ts';
import type { HookView } from '../../../_lib/wire.ts';
import { Facts, type Fact } from '../../../_ui/facts.tsx';
import styles from './hooks.module.css';

const TYPES: Record<HookView['type'], string> = {
  'weaviate-ready': 'asks Weaviate whether it is ready; one that does not run yet is skipped',
  'grafana-import': 'puts the lab’s dashboard into Grafana',
  http: 'asks an address and compares the status',
  command: 'runs a program, without a shell',
};

export function HookFacts({ hook }: { hook: HookView }) {
  const { type, timeout, timeoutMs, continueOnError, origin, url, expect, shown, notRun } = hook;
  const facts: Fact[] = [
    { name: 'Type', value: `${type}: ${TYPES[type]}` },
    ...(shown === null ? [] : [{ name: 'Command', value: <code className={styles.code}>{shown}</code> }]),
    ...(url === undefined ? [] : [{ name: 'Address', value: <code className={styles.code}>{url}</code> }]),
    ...(type === 'http'
      ? [{ name: 'Expects', value: expect === undefined ? 'a status from 200 to 299' : `status ${expect}` }]
      : []),
    { name: 'Time limit', value: `${timeout} (${formatDuration(timeoutMs)})` },
    { name: 'When it fails', value: failureWords(hook.phase, continueOnError) },
    { name: 'Written in', value: origin === 'file' ? 'ai-lab.yaml' : 'nowhere: it is on by default' },
    ...(notRun === null ? [] : [{ name: 'Not run by a start', value: `because ${notRun}` }]),
  ];
  return <Facts facts={facts} />;
}

function failureWords(phase: HookView['phase'], goOn: boolean): string {
  if (goOn) return 'it is noted, and everything goes on';
  return phase === 'pre_apply'
    ? 'the start ends before anything is made'
    : 'the start is reported as failed; the lab stays up';
}
