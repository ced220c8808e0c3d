/** The log of one service while its page is looked at: a stream of its own, let go as soon as the tab is hidden. */
'use client';

import { useEffect, useRef, useState } from 'react';
import { UNREACHABLE, type Report } from '../../../_lib/report.ts';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { append, EMPTY, type LogWindow } from './log-window.ts';

/** The page begins with so many of the last lines. */
export const TAIL = 1000;
const AGAIN_MS = 3000;
const QUIET_MS = 300;

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
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe(): void } | undefined;
  let closed = false;
  const again = () => {
    if (!closed && follow) timer = setTimeout(connect, AGAIN_MS);
  };
  const fail = (error: unknown) => {
    clearTimeout(quiet);
    const report = reportOf(error);
    // That the server is silent is said over every page.
    if (report.code !== UNREACHABLE.code) setLog((log) => ({ ...log, loaded: true, report }));
  };
  const connect = () => {
    let anew = true;
    subscription = client.logs.read.subscribe(
      { service, tail: TAIL, follow },
      {
        onStarted: () => {
          anew = true;
          // An empty log sends nothing; an error comes at once.
          quiet = setTimeout(() => setLog((log) => ({ ...log, loaded: true })), QUIET_MS);
        },
        onData: (lines) => {
          clearTimeout(quiet);
          const from = anew;
          anew = false;
          setLog((log) => ({
            window: append(from ? EMPTY : log.window, lines),
            loaded: true,
            report: null,
          }));
        },
        // Some errors end the stream; after others it is asked for again by itself.
        onConnectionStateChange: ({ state, error }) => {
          if (state === 'connecting' && error !== null) fail(error);
        },
        onError: (error) => {
          fail(error);
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
    clearTimeout(quiet);
    subscription?.unsubscribe();
  };
}
