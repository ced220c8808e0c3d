/** Everything there is to go to and to do, found by typing. */
'use client';

import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { reportOf } from '../_lib/trpc.ts';
import { Note } from '../_ui/note.tsx';
import type { PageEntry } from './rail.tsx';
import { LOCAL_KEYS, SHORTCUTS, useCommandKey } from './shortcuts.ts';
import { useCommands, type PaletteCommand } from './use-commands.ts';
import styles from './palette.module.css';

interface PaletteProps {
  pages: readonly PageEntry[];
  onClose: () => void;
}

export function Palette({ pages, onClose }: PaletteProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const router = useRouter();
  const commands = useCommands();
  const [failed, setFailed] = useState<unknown>(null);
  const [doing, setDoing] = useState<string | null>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null || dialog.open) return;
    dialog.showModal();
    // Of its own accord it would focus the box around the field, and what is typed would be lost.
    dialog.querySelector('input')?.focus();
  }, []);
  const close = () => ref.current?.close();
  /** What fails says so here, and the palette stays. */
  const perform = async ({ id, run }: PaletteCommand) => {
    setFailed(null);
    setDoing(id);
    try {
      await run();
      close();
    } catch (error) {
      setFailed(error);
    } finally {
      setDoing(null);
    }
  };
  const report = failed === null ? null : reportOf(failed);
  return (
    // A press beside it closes it, as Escape does for the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-label="Find or do"
      data-testid="palette"
      onClose={onClose}
      onClick={(event) => event.target === ref.current && close()}
    >
      <Command className={styles.palette} label="Find or do" loop filter={match}>
        <Command.Input className={styles.input} placeholder="Go to a page, or do something" />
        {report !== null && (
          <div className={styles.trouble}>
            <Note tone="bad" role="alert" message={report.message} fix={report.fix} />
          </div>
        )}
        <Command.List className={styles.list} label="What there is" tabIndex={0}>
          <Command.Empty className={styles.empty}>Nothing of that name can be done now.</Command.Empty>
          <Command.Group heading="Do" className={styles.group}>
            {commands.map((command) => (
              <Command.Item
                key={command.id}
                value={command.title}
                keywords={command.keywords ?? []}
                className={styles.item}
                data-testid={`do-${command.id}`}
                disabled={doing !== null}
                onSelect={() => void perform(command)}
              >
                <span>{command.title}</span>
                {command.note !== undefined && <span className={styles.note}>{command.note}</span>}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Go to" className={styles.group}>
            {pages.map(({ href, name, icon }) => (
              <Command.Item
                key={href}
                value={`${name} page`}
                className={styles.item}
                onSelect={() => {
                  router.push(href);
                  close();
                }}
              >
                <span className={styles.page}>
                  {icon}
                  {name}
                </span>
              </Command.Item>
            ))}
          </Command.Group>
        </Command.List>
      </Command>
      <Keys />
    </dialog>
  );
}

/** 1 where a word of the name begins so, less where the words are only in it, 0 where one is missing. */
function match(value: string, search: string, keywords: string[] = []): number {
  const name = value.toLowerCase();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = `${name} ${keywords.join(' ').toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return 0;
  return words.every((word) => ` ${name}`.includes(` ${word}`)) ? 1 : 0.5;
}

function Keys() {
  const command = useCommandKey();
  const all = [
    ...Object.values(SHORTCUTS).map(({ shown, what }) => ({ shown: `${command} ${shown}`, what })),
    ...LOCAL_KEYS,
  ];
  return (
    <section className={styles.keys} aria-label="Keys">
      {all.map(({ shown, what }) => (
        <span key={what} className={styles.key}>
          <kbd>{shown}</kbd> {what}
        </span>
      ))}
    </section>
  );
}
