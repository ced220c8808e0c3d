'use client';

import type { ConfigValue, ConfigView } from '../../../_lib/wire.ts';
import { inWords, sourceOf } from './config-words.ts';
import styles from './config.module.css';

/** What holds, key by key; the same words as in the example file. */
export function ConfigValues({ view }: { view: ConfigView }) {
  return (
    <ul className={styles.values} data-testid="config-values">
      {view.values.map((value) => (
        <Row key={value.key} value={value} />
      ))}
    </ul>
  );
}

function Row({ value }: { value: ConfigValue }) {
  const overruled = value.inFile !== null && value.origin !== 'file';
  return (
    <li className={styles.value} data-testid={`config-value-${value.key}`}>
      <code className={styles.key}>{value.key}</code>
      <code className={styles.what}>{inWords(value.value)}</code>
      <span className={styles.source}>{sourceOf(value)}</span>
      <p className={styles.doc}>
        {value.doc}
        {value.variable !== null && ` Environment: ${value.variable}.`}
        {value.origin === 'file' && value.default !== null && ` The default is ${inWords(value.default)}.`}
        {overruled && ` The file says ${inWords(value.inFile)}.`}
      </p>
    </li>
  );
}
