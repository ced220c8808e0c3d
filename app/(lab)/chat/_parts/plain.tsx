/** A model's words as they are, where they cannot be, or are not yet, more than that. */
'use client';

import { Component, type ReactNode } from 'react';
import styles from './markdown.module.css';

export function Plain({ text }: { text: string }) {
  return <p className={styles.plain}>{text}</p>;
}

interface Guarded {
  text: string;
  children: ReactNode;
}

/** Words on which the parser fails (nested a thousand times, say) must not take the page with them. */
export class PlainOnError extends Component<Guarded, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }
  override render(): ReactNode {
    return this.state.failed ? <Plain text={this.props.text} /> : this.props.children;
  }
}
