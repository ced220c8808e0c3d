'use client';

import { useDeferredValue, useState } from 'react';
import { useOverview } from '../../../_lib/live.tsx';
import { useStickToBottom } from '../../../_lib/use-stick.ts';
import { serviceName } from '../../../_lib/words.ts';
import { Button, ButtonLink } from '../../../_ui/button.tsx';
import { WithCode } from '../../../_ui/copy.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/skeleton.tsx';
import { LogLines, type Times } from './log-lines.tsx';
import { LogTools } from './log-tools.tsx';
import { MAX_LINES, search } from './log-window.ts';
import { earlierWords, emptyWords } from './log-words.ts';
import { TAIL, useLog, type Log } from './use-log.ts';
import { formatCount, plural } from '../../../../server/schemas/format.ts';
import styles from './logs.module.css';

interface LogViewProps {
  service: string;
  follow: boolean;
  onFollow: (follow: boolean) => void;
}

export function LogView({ service, follow, onFollow }: LogViewProps) {
  const log = useLog(service, follow);
  const [words, setWords] = useState('');
  const [times, setTimes] = useState<Times>('exact');
  const [wrap, setWrap] = useState(true);
  const { scroller, content, away, toBottom } = useStickToBottom();
  const wanted = useDeferredValue(words);
  const { lines, dropped } = log.window;
  const found = search(lines, wanted);
  return (
    <>
      <LogTools
        {...{ service, lines, words, times, wrap, follow, onFollow }}
        onWords={setWords}
        onTimes={setTimes}
        onWrap={setWrap}
      />
      <div className={styles.middle}>
        {/* A region that scrolls must be reachable by the keyboard. */}
        <section
          ref={scroller}
          className={styles.scroller}
          aria-label={`Log of ${serviceName(service)}`}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
        >
          <div ref={content} className={styles.content}>
            {!log.loaded && <Loading what="the log" />}
            {lines.length === 0 && log.loaded && <NoLines service={service} log={log} />}
            {dropped === 0 && lines.length >= TAIL && (
              <p className={styles.dropped}>
                <WithCode text={earlierWords(service)} commands />
              </p>
            )}
            {dropped > 0 && (
              <p className={styles.dropped}>
                {plural(dropped, 'older line')} left out: this page keeps the last {formatCount(MAX_LINES)},
                and at most a megabyte.
              </p>
            )}
            <LogLines lines={found} words={wanted} times={times} wrap={wrap} />
            {log.report !== null && lines.length > 0 && (
              <Note tone="warn" message={log.report.message} fix={log.report.fix} />
            )}
          </div>
        </section>
        {away && (
          <Button small className={styles.toBottom} onClick={toBottom}>
            To the latest
          </Button>
        )}
      </div>
      <p className={styles.foot} data-testid="log-count">
        {wanted === ''
          ? plural(lines.length, 'line')
          : `${formatCount(found.length)} of ${plural(lines.length, 'line')} with “${wanted}”`}
      </p>
    </>
  );
}

function NoLines({ service, log }: { service: string; log: Log }) {
  const phase = useOverview()?.phase;
  const { report } = log;
  if (report !== null && report.code !== 'service_not_running')
    return <Note tone="bad" role="alert" message={report.message} fix={report.fix} />;
  const { message, start } = emptyWords(service, report === null && phase !== 'stopped');
  return (
    <Empty>
      <p data-testid="log-empty">{message}</p>
      {start && (
        <ButtonLink href="/" kind="primary">
          Go to the Overview
        </ButtonLink>
      )}
    </Empty>
  );
}
