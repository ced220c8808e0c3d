import { expect, it } from 'vitest';
import { shortcutOf } from './shortcuts.ts';

const pressed = (key: string, over = {}) =>
  shortcutOf({ key, ctrlKey: true, metaKey: false, shiftKey: false, altKey: false, ...over });

it('takes Ctrl or the command key, and no letter alone', () => {
  expect(pressed('k')).toBe('palette');
  expect(pressed('K', { ctrlKey: false, metaKey: true })).toBe('palette');
  expect(pressed('O', { shiftKey: true })).toBe('new-chat');
  expect(pressed('o')).toBeNull();
  expect(pressed('k', { ctrlKey: false })).toBeNull();
  expect(pressed('k', { altKey: true })).toBeNull();
});
