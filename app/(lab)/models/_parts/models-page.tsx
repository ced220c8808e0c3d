'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '../../../../server/schemas/format.ts';
import { useLiveActivities } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { ModelEntry } from '../../../_lib/wire.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { ModelCard } from './model-card.tsx';
import { shown, SORTS, summary, type Sort } from './models-words.ts';
import { Pull } from './pull.tsx';
import styles from './models.module.css';

export function ModelsPage() {
  const cache = useQueryClient();
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState<Sort>('used');
  const [deleting, setDeleting] = useState<ModelEntry | null>(null);
  const list = useQuery(trpc.models.list.queryOptions());
  const refresh = () => cache.invalidateQueries({ queryKey: trpc.models.pathKey() });
  const use = useMutation(trpc.models.use.mutationOptions({ onSuccess: refresh }));
  const remove = useMutation(trpc.models.remove.mutationOptions({ onSettled: refresh }));
  useRefreshAfterActivities(refresh);
  const failed = use.error ?? remove.error ?? list.error;
  const report = failed === null ? null : reportOf(failed);
  const busy = use.isPending || remove.isPending;
  const { data } = list;
  const entries = shown(data?.entries ?? [], search, sort);
  return (
    <>
      <PageHead
        title="Models"
        note={
          data === undefined || data.entries.length === 0 ? 'The weights on this machine.' : summary(data)
        }
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        <div aria-live="polite" className={styles.told}>
          {use.data !== undefined && !use.isPending && use.error === null && (
            <Note
              tone="ok"
              testId="model-used"
              title={use.data.restartNeeded ? 'Chosen; the lab still runs with the model before' : 'Chosen'}
              message={`\`${use.data.key}: ${use.data.value}\` stands in ai-lab.yaml now.`}
            >
              <ButtonLink href="/plan">
                {use.data.restartNeeded ? 'See what a restart does' : 'See the plan'}
              </ButtonLink>
            </Note>
          )}
          {remove.data !== undefined && !remove.isPending && remove.error === null && (
            <Note
              tone="ok"
              testId="model-removed"
              message={`${remove.data.title} is deleted; ${formatBytes(remove.data.freedBytes)} of the disk are free again.`}
            />
          )}
        </div>
        <Pull />
        {data === undefined && report === null && <ListSkeleton />}
        {data?.blind.map(({ name, path, error }) => (
          <Note
            key={path}
            tone="warn"
            title={`What lies in ${name} is not known`}
            message={error.message}
            fix={error.fix}
          />
        ))}
        {data !== undefined && data.entries.length === 0 && <NoModels />}
        {data !== undefined && data.entries.length > 0 && (
          <Panel title="On this machine" bare testId="models">
            <div className={styles.tools}>
              <label className={styles.label}>
                Search
                <input
                  className={styles.input}
                  type="search"
                  value={search}
                  placeholder="Name, architecture, quantization"
                  data-testid="model-search"
                  onChange={(event) => setSearch(event.target.value)}
                />
              </label>
              <Choice legend="Sort by" options={SORTS} value={sort} onChange={setSort} />
            </div>
            {entries.length === 0 && <Empty>No model here matches “{search}”.</Empty>}
            <ul className={styles.cards}>
              {entries.map((entry) => (
                <ModelCard
                  key={entry.id}
                  entry={entry}
                  busy={busy}
                  onUse={() => use.mutate({ id: entry.id })}
                  onDelete={() => setDeleting(entry)}
                />
              ))}
            </ul>
            {data.truncated && <p className={styles.quiet}>There are more than can be listed here.</p>}
          </Panel>
        )}
      </Stack>
      {deleting !== null && (
        <Confirm
          title={`Delete ${deleting.title}?`}
          action={deleting.freesBytes > 0 ? `Delete, free ${formatBytes(deleting.freesBytes)}` : 'Delete'}
          onClose={() => setDeleting(null)}
          onConfirm={() => remove.mutate({ id: deleting.id })}
        >
          <Deletion entry={deleting} />
        </Confirm>
      )}
    </>
  );
}

function Deletion({ entry }: { entry: ModelEntry }) {
  return (
    <>
      <p className={styles.path}>
        <code>{entry.path}</code>
      </p>
      <p>
        {entry.safe ??
          (entry.freesBytes > 0
            ? 'It can only be brought back by downloading it again.'
            : 'Its bytes are held by others as well and stay; only this name goes.')}
        {entry.configured && ' It is the lab’s model: nothing can be started until another one is chosen.'}
        {entry.sidecars.length > 0 && ` With it goes ${entry.sidecars.join(', ')}.`}
      </p>
    </>
  );
}

/** A download, an `up` or an import may have changed what lies on the disk. */
function useRefreshAfterActivities(refresh: () => Promise<void>): void {
  const ended = useLiveActivities()?.find((one) => one.state !== 'running')?.id;
  const seen = useRef(ended);
  useEffect(() => {
    if (ended === seen.current) return;
    seen.current = ended;
    void refresh();
  }, [ended, refresh]);
}

function NoModels() {
  return (
    <Panel title="No weights on this machine yet" testId="models-empty">
      <Empty>
        <p>Download a model above, or begin with the small starter model on the Overview.</p>
        <p>
          Weights you have already are found when ai-lab.yaml names their folder: model_folders: [~/models]
        </p>
        <ButtonLink href="/">Go to the Overview</ButtonLink>
      </Empty>
    </Panel>
  );
}

function ListSkeleton() {
  return (
    <>
      <Loading what="the models" />
      <Skeleton height="7rem" />
      <Skeleton height="7rem" />
    </>
  );
}
