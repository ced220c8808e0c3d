import type { LockDifference } from '../../../../server/schemas/lock.ts';
import styles from './lock.module.css';

interface DifferencesProps {
  differences: readonly LockDifference[];
  /** What the two sides are called, e.g. `Locked` and `Found`. */
  before: string;
  after: string;
}

/** One row for each field; below one another where there is no room beside. */
export function Differences({ differences, before, after }: DifferencesProps) {
  return (
    <table className={styles.differences} data-testid="lock-differences">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ field, locked, found }) => (
          <tr key={field}>
            <th scope="row">
              <code>{field}</code>
            </th>
            <td data-side={before}>{locked ?? <span className={styles.note}>absent</span>}</td>
            <td data-side={after}>{found ?? <span className={styles.note}>absent</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
