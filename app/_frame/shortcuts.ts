/** The keys that work on every page, and what they do. The palette lists exactly these. */
import { useSyncExternalStore } from 'react';

export type Shortcut = 'palette' | 'new-chat' | 'settings';

interface Keys {
  shift: boolean;
  /** As `KeyboardEvent.key` has it, in lower case. */
  key: string;
  shown: string;
  what: string;
}

/** All with Ctrl, or the command key on a Mac: a letter alone is for those who type. */
export const SHORTCUTS: Record<Shortcut, Keys> = {
  palette: { shift: false, key: 'k', shown: 'K', what: 'Find or do' },
  'new-chat': { shift: true, key: 'o', shown: 'Shift O', what: 'New conversation' },
  settings: { shift: false, key: ',', shown: ',', what: 'Settings' },
};

/** Those that the browser and single pages have by themselves. */
export const LOCAL_KEYS = [
  { shown: 'Enter', what: 'Send, in Chat' },
  { shown: 'Shift Enter', what: 'New line, in Chat' },
  { shown: 'Esc', what: 'Close what is open' },
];

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

export function shortcutOf(event: Pressed): Shortcut | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  const names = Object.keys(SHORTCUTS) as Shortcut[];
  return (
    names.find((name) => SHORTCUTS[name].key === key && SHORTCUTS[name].shift === event.shiftKey) ?? null
  );
}

/** `Ctrl`, or `⌘` where keyboards have that. */
export function useCommandKey(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => (/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'),
    () => 'Ctrl',
  );
}
