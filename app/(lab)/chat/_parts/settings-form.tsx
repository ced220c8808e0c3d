'use client';

import { useState } from 'react';
import type { ChatSetting, ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { RUNTIME_DEFAULTS, sameSettings } from '../../../../server/schemas/chat-settings-words.ts';
import { Button } from '../../../_ui/button.tsx';
import { Presets } from './presets.tsx';
import { draftOf, readDraft, type Draft } from './settings-draft.ts';
import { SettingsField } from './settings-field.tsx';

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

interface SettingsFormProps {
  settings: ChatSettings;
  /** With each change; what is no value yet is told in the field, and left out. */
  onChange: (settings: ChatSettings) => void;
}

export function SettingsForm({ settings, onChange }: SettingsFormProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings));
  const { settings: own, problems } = readDraft(draft);
  // Changed from elsewhere: the fields follow.
  const [known, setKnown] = useState(settings);
  if (!sameSettings(known, settings)) {
    setKnown(settings);
    if (!sameSettings(own, settings)) setDraft(draftOf(settings));
  }
  const apply = (next: Draft) => {
    setDraft(next);
    onChange(readDraft(next).settings);
  };
  return (
    <>
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
    </>
  );
}
