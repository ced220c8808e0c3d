/** One state for everything that ends a login: expired, revoked, or never given to this browser. */
'use client';

import { useEffect } from 'react';
import { rememberWanted } from '../_lib/session.ts';
import { Gate } from '../_ui/gate.tsx';

export function LoggedOut() {
  useEffect(rememberWanted, []);
  return <Gate />;
}
