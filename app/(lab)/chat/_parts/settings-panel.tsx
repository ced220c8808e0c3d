'use client';

import { useEffect, useRef, useState } from 'react';
import {
  RUNTIME_DEFAULTS,
  sameSettings,
  type ChatSetting,
  type ChatSettings,
} from '../../../../server/schemas/chat-settings.ts';
import { Button } from '../../../_ui/button.tsx';
import { CloseIcon } from '../../../_ui/chat-icons.tsx';
import { Presets } from './presets.tsx';
import { draftOf, readDraft, type Draft } from './settings-draft.ts';
import { SettingsField } from './settings-field.tsx';
import styles from './settings-panel.module.css';

interface SettingsPanelProps {
  settings: ChatSettings;
  onChange: (settings: ChatSettings) => void;
  onClose: () => void;
}

const FIELDS: readonly {
  key: ChatSetting;
  name: string;
  fallback: string;
  about: string;
  rows?: number;
}[] = [
  {
    key: 'systemPrompt',
    name: 'System prompt',
    fallback: 'None',
    about: 'Told to the model before everything else.',
    rows: 5,
  },
  {
    key: 'temperature',
    name: 'Temperature',
    fallback: `${RUNTIME_DEFAULTS.temperature} (default)`,
    about: '0 always takes the likeliest token; higher is more varied.',
  },
  {
    key: 'topP',
    name: 'Top-p',
    fallback: `${RUNTIME_DEFAULTS.topP} (default)`,
    about: 'Only the likeliest tokens that make up this share.',
  },
  {
    key: 'maxTokens',
    name: 'Longest reply',
    fallback: 'Until the model ends',
    about: 'In tokens; a reply is cut off there.',
  },
  {
    key: 'seed',
    name: 'Seed',
    fallback: 'Another one each time',
    about: 'The same seed, settings and question give the same reply.',
  },
  {
    key: 'stop',
    name: 'Stop at',
    fallback: 'Nothing',
    about: String.raw`The reply ends before any of these; one a line, \n is a line break.`,
    rows: 2,
  },
];

/** What this conversation asks of the model. Kept as it is typed; what is no value yet is told, and not kept. */
export function SettingsPanel({ settings, onChange, onClose }: SettingsPanelProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings));
  const panel = useRef<HTMLElement>(null);
  const { settings: own, problems } = readDraft(draft);
  // Changed from elsewhere, by a preset for one: the fields follow.
  const [known, setKnown] = useState(settings);
  if (!sameSettings(known, settings)) {
    setKnown(settings);
    if (!sameSettings(own, settings)) setDraft(draftOf(settings));
  }
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

  const apply = (next: Draft) => {
    setDraft(next);
    onChange(readDraft(next).settings);
  };
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
      <Presets settings={own} onApply={(next) => apply(draftOf(next))} />
      {FIELDS.map(({ key, ...field }) => (
        <SettingsField
          key={key}
          {...field}
          testId={`setting-${key}`}
          value={draft[key]}
          problem={problems[key]}
          onChange={(value) => apply({ ...draft, [key]: value })}
        />
      ))}
      <Button
        data-testid="settings-reset"
        disabled={Object.values(draft).every((text) => text === '')}
        onClick={() => apply(draftOf({}))}
      >
        Reset all to the defaults
      </Button>
    </aside>
  );
}
