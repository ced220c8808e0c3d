'use client';

import { useEffect, useRef } from 'react';
import type { ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { Button } from '../../../_ui/button.tsx';
import { CloseIcon } from '../../../_ui/chat-icons.tsx';
import { SettingsForm } from './settings-form.tsx';
import styles from './settings-panel.module.css';

interface SettingsPanelProps {
  settings: ChatSettings;
  onChange: (settings: ChatSettings) => void;
  onClose: () => void;
}

/** What this conversation asks of the model. Kept as it is typed; what is no value yet is told, and not kept. */
export function SettingsPanel({ settings, onChange, onClose }: SettingsPanelProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.querySelector<HTMLElement>('select')?.focus(), []);
  useEffect(() => {
    const onEscape = (event: KeyboardEvent) => {
      const at = document.activeElement;
      // A button that is disabled by its own press leaves the focus nowhere.
      const here = at === document.body || panel.current?.contains(at) === true;
      if (event.key !== 'Escape' || !here) return;
      event.preventDefault();
      onClose();
    };
    // Before the page's own Escape, which stops a reply.
    addEventListener('keydown', onEscape, { capture: true });
    return () => removeEventListener('keydown', onEscape, { capture: true });
  }, [onClose]);

  return (
    <aside
      ref={panel}
      id="chat-settings"
      className={styles.panel}
      aria-label="Settings of this conversation"
      data-testid="chat-settings"
    >
      <header className={styles.head}>
        <h2>Settings</h2>
        <Button kind="quiet" small aria-label="Close the settings" onClick={onClose}>
          <CloseIcon />
        </Button>
      </header>
      <p className={styles.about}>
        Of this conversation, from its next reply on. Each reply keeps what it was made with.
      </p>
      <SettingsForm settings={settings} onChange={onChange} />
    </aside>
  );
}
