/** The log of one service while its page is looked at: a stream of its own, let go as soon as the tab is hidden. */
'use client';

import { useEffect, useRef, useState } from 'react';
import type { Report } from '../../../_lib/report.ts';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { append, EMPTY, type LogWindow } from './log-window.ts';

const TAIL = 1000;
const AGAIN_MS = 3000;

export interface Log {
  window: LogWindow;
  /** False until the first answer. */
  loaded: boolean;
  report: Report | null;
}

const NOTHING: Log = { window: EMPTY, loaded: false, report: null };

/** For one service as long as the component lives. Without `follow` what was read stays as it is. */
export function useLog(service: string, follow: boolean): Log {
  const [log, setLog] = useState(NOTHING);
  const read = useRef<string>(null);
  useEffect(() => {
    if (!follow && read.current === service) return undefined;
    read.current = service;
    return readWhileSeen(service, follow, setLog);
  }, [service, follow]);
  return log;
}

type SetLog = (change: (log: Log) => Log) => void;

function readWhileSeen(service: string, follow: boolean, setLog: SetLog): () => void {
  let close: (() => void) | undefined;
  const look = () => {
    if (!document.hidden) close ??= read(service, follow, setLog);
    else if (follow) {
      close?.();
      close = undefined;
    }
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    close?.();
  };
}

/** Reads, and reads again when it breaks off; each reading tells the last lines anew. */
function read(service: string, follow: boolean, setLog: SetLog): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe(): void } | undefined;
  let closed = false;
  const again = () => {
    if (!closed && follow) timer = setTimeout(connect, AGAIN_MS);
  };
  const connect = () => {
    let anew = true;
    subscription = client.logs.read.subscribe(
      { service, tail: TAIL, follow },
      {
        onStarted: () => {
          anew = true;
          // An empty log sends nothing: what was kept of an earlier one stays, the words for it must not.
          setLog((log) => ({ ...log, loaded: true, report: null }));
        },
        onData: (lines) => {
          const from = anew;
          anew = false;
          setLog((log) => ({
            window: append(from ? EMPTY : log.window, lines),
            loaded: true,
            report: null,
          }));
        },
        onError: (error) => {
          setLog((log) => ({ ...log, loaded: true, report: reportOf(error) }));
          again();
        },
        onComplete: again,
      },
    );
  };
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    subscription?.unsubscribe();
  };
}
