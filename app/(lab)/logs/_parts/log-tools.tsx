'use client';

import type { ReactNode } from 'react';
import { saveFile } from '../../../_lib/save-file.ts';
import { Button } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import type { Times } from './log-lines.tsx';
import { asText, type KeptLine } from './log-window.ts';
import styles from './logs.module.css';

const TIMES = [
  { value: 'exact', label: 'Exact' },
  { value: 'relative', label: 'Ago' },
] as const;

interface LogToolsProps {
  service: string;
  lines: readonly KeptLine[];
  words: string;
  onWords: (words: string) => void;
  times: Times;
  onTimes: (times: Times) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  follow: boolean;
  onFollow: (follow: boolean) => void;
}

/** Over the lines: search, how they are shown, and the way out as a file. */
export function LogTools(props: LogToolsProps) {
  const { service, lines, words, times, wrap, follow } = props;
  return (
    <div className={styles.tools}>
      <input
        type="search"
        className={styles.search}
        aria-label="Search in the log"
        placeholder="Search"
        value={words}
        maxLength={200}
        onChange={(event) => props.onWords(event.target.value)}
      />
      <Toggle on={follow} onChange={props.onFollow}>
        Follow
      </Toggle>
      <Toggle on={wrap} onChange={props.onWrap}>
        Wrap
      </Toggle>
      <Choice legend="Times" options={TIMES} value={times} onChange={props.onTimes} />
      <Button disabled={lines.length === 0} onClick={() => download(service, lines)}>
        Download
      </Button>
    </div>
  );
}

function Toggle({
  on,
  onChange,
  children,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className={styles.toggle}>
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {children}
    </label>
  );
}

/** All lines that are loaded, searched for or not. */
function download(service: string, lines: readonly KeptLine[]): void {
  const at = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  saveFile(`${service}-${at}.log.txt`, asText(lines), 'text/plain');
}
