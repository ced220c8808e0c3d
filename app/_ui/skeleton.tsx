/** Holds the place of what is still to come, in its size. */
import styles from './skeleton.module.css';

export function Skeleton({ height, width = '100%' }: { height: string; width?: string }) {
  return <div className={styles.skeleton} style={{ height, width }} aria-hidden="true" />;
}

/** Says for the ear what the shapes say for the eye. */
export function Loading({ what }: { what: string }) {
  return <output className="hear">Loading {what}</output>;
}
