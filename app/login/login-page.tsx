/**
 * The login. The front also serves this page, at 401, for whatever page was asked for without a login; the address in
 * the bar is then the one that was wanted, and it is gone to once there is a login.
 */
'use client';

import { useEffect, useState } from 'react';
import { readSecret, rememberWanted, takeWanted } from '../_lib/session.ts';
import { UNREACHABLE, type Report } from '../_lib/report.ts';
import { Gate } from '../_ui/gate.tsx';
import { Note } from '../_ui/note.tsx';
import { logIn, resume, takeToken } from './log-in.ts';

type State = { name: 'asking' } | { name: 'out' } | { name: 'refused'; report: Report };

/** The token is good for one swap, and React may run an effect twice. */
let attempt: Promise<State> | undefined;

/** Never rejects. */
async function enter(): Promise<State> {
  const token = takeToken();
  const answer = await (token === null ? resume() : logIn(token)).catch(() => UNREACHABLE);
  if (answer === 'in') {
    location.replace(takeWanted());
    return { name: 'asking' };
  }
  rememberWanted();
  return answer === 'out' ? { name: 'out' } : { name: 'refused', report: answer };
}

export function LoginPage() {
  const [state, setState] = useState<State>({ name: 'asking' });
  useEffect(() => {
    let gone = false;
    attempt ??= enter();
    void (async () => {
      const next = await attempt;
      if (next !== undefined && !gone) setState(next);
    })();
    // Another tab has logged in, or this one gets a link while it is open: try again.
    const again = (event: Event) => {
      if (event instanceof StorageEvent && (event.key !== 'ailab-secret' || readSecret() === null)) return;
      location.reload();
    };
    addEventListener('storage', again);
    addEventListener('hashchange', again);
    return () => {
      gone = true;
      removeEventListener('storage', again);
      removeEventListener('hashchange', again);
    };
  }, []);
  switch (state.name) {
    case 'asking':
      return (
        <Gate title="Logging in" message="The server is being asked whether this browser may come in.">
          <span />
        </Gate>
      );
    case 'out':
      return <Gate />;
    case 'refused':
      return (
        <Gate title="This link did not log you in" message="A link is good for one login, and for an hour.">
          <Note tone="bad" role="alert" message={state.report.message} fix={state.report.fix} />
        </Gate>
      );
  }
}
