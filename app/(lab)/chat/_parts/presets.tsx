'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import type { ChatPreset, ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { BUILT_IN_PRESETS, sameSettings } from '../../../../server/schemas/chat-settings-words.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import styles from './settings-panel.module.css';

interface PresetsProps {
  settings: ChatSettings;
  onApply: (settings: ChatSettings) => void;
}

/** A built-in one is about how tokens are drawn, and leaves the rest as it is. */
function applied(preset: ChatPreset, before: ChatSettings): ChatSettings {
  if (!isBuiltIn(preset)) return preset.settings;
  const { temperature: _temperature, topP: _topP, ...rest } = before;
  return { ...rest, ...preset.settings };
}

const isBuiltIn = ({ id }: ChatPreset) => BUILT_IN_PRESETS.some((one) => one.id === id);

/** The preset that the settings are; the user's own come first. */
function presetOf(settings: ChatSettings, own: readonly ChatPreset[]): ChatPreset | undefined {
  return [...own, ...BUILT_IN_PRESETS].find((one) => sameSettings(applied(one, settings), settings));
}

type Naming = { id?: string; name: string } | null;

export function Presets({ settings, onApply }: PresetsProps) {
  const cache = useQueryClient();
  const own = useQuery(trpc.chat.presets.queryOptions()).data ?? [];
  const [naming, setNaming] = useState<Naming>(null);
  const [deleting, setDeleting] = useState(false);
  const onSuccess = (presets: typeof own) => {
    cache.setQueryData(trpc.chat.presets.queryKey(), presets);
    setNaming(null);
  };
  const save = useMutation(trpc.chat.savePreset.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.chat.removePreset.mutationOptions({ onSuccess }));
  const current = presetOf(settings, own);
  const failed = save.error ?? remove.error;
  const report = failed === null ? null : reportOf(failed);
  const id = useId();
  const mine = current !== undefined && !isBuiltIn(current) ? current : undefined;
  return (
    <div className={styles.presets}>
      <label htmlFor={id}>Preset</label>
      <select
        id={id}
        className={styles.input}
        data-testid="preset"
        value={current?.id ?? ''}
        onChange={(event) => {
          const chosen = [...own, ...BUILT_IN_PRESETS].find((one) => one.id === event.target.value);
          if (chosen !== undefined) onApply(applied(chosen, settings));
        }}
      >
        {current === undefined && <option value="">Settings of its own</option>}
        <optgroup label="Built in">
          {BUILT_IN_PRESETS.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </optgroup>
        {own.length > 0 && (
          <optgroup label="Yours">
            {own.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
      {naming === null ? (
        <div className={styles.presetTools}>
          {mine === undefined ? (
            <Button small data-testid="preset-save" onClick={() => setNaming({ name: '' })}>
              Save as a preset
            </Button>
          ) : (
            <>
              <Button small onClick={() => setNaming({ id: mine.id, name: mine.name })}>
                Rename
              </Button>
              <Button small data-testid="preset-delete" onClick={() => setDeleting(true)}>
                Delete
              </Button>
            </>
          )}
        </div>
      ) : (
        <Name
          naming={naming}
          busy={save.isPending}
          onCancel={() => setNaming(null)}
          onSave={(name) =>
            save.mutate(naming.id === undefined ? { name, settings } : { id: naming.id, name })
          }
        />
      )}
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {deleting && mine !== undefined && (
        <Confirm
          title={`Delete the preset “${mine.name}”?`}
          action="Delete"
          onClose={() => setDeleting(false)}
          onConfirm={() => remove.mutate({ id: mine.id })}
        >
          Conversations and replies that were made with it keep their settings.
        </Confirm>
      )}
    </div>
  );
}

interface NameProps {
  naming: NonNullable<Naming>;
  busy: boolean;
  onSave: (name: string) => void;
  onCancel: () => void;
}

function Name({ naming, busy, onSave, onCancel }: NameProps) {
  const [name, setName] = useState(naming.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') onSave(name.trim());
  };
  return (
    <form className={styles.presetName} onSubmit={submit}>
      <input
        className={styles.input}
        aria-label="Name of the preset"
        data-testid="preset-name"
        placeholder="Name"
        maxLength={60}
        value={name}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the field stands where the pressed button was
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      <Button small type="submit" kind="primary" disabled={busy || name.trim() === ''}>
        Save
      </Button>
      <Button small onClick={onCancel}>
        Cancel
      </Button>
    </form>
  );
}
