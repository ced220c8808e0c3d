'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useOverview } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { ShareInfo } from '../../../_lib/wire.ts';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { CreateShare } from './create-share.tsx';
import { Exposure } from './exposure.tsx';
import { ShareCard } from './share-card.tsx';
import { Snapshot } from './snapshot.tsx';
import styles from './share.module.css';

/** Viewers come and go without an event of ours. */
const VIEWERS_EVERY_MS = 5000;

/** Links to a page that others may see; who sees it, who could, and how it ends. */
export function SharePage() {
  const list = useQuery(trpc.share.list.queryOptions(undefined, { refetchInterval: VIEWERS_EVERY_MS }));
  const refresh = useRefresh();
  const [openId, setOpenId] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ShareInfo | null>(null);
  const create = useMutation(
    trpc.share.create.mutationOptions({
      onSuccess: ({ id }) => {
        setOpenId(id);
        return refresh();
      },
    }),
  );
  const revoke = useMutation(trpc.share.revoke.mutationOptions({ onSettled: refresh }));
  const failed = create.error ?? revoke.error ?? list.error;
  const report = failed === null ? null : reportOf(failed);
  const shares = list.data?.shares.toReversed();
  return (
    <>
      <PageHead
        title="Share"
        note="A read-only page about this lab, for others. It ends by itself, and holds no conversation, file, setting or key."
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        <CreateShare busy={create.isPending} onCreate={create.mutate} />
        <Panel title="Links" testId="shares">
          {shares === undefined && list.error === null && (
            <>
              <Loading what="the links" />
              <Skeleton height="4rem" />
            </>
          )}
          {shares?.length === 0 && (
            <Empty>
              <p>Nothing is shared. A link made above stays here until it ends.</p>
            </Empty>
          )}
          <ul className={styles.cards}>
            {shares?.map((share) => (
              <ShareCard
                key={share.id}
                share={share}
                open={share.id === openId}
                onToggle={() => setOpenId(share.id === openId ? null : share.id)}
                onRevoke={() => setRevoking(share)}
              />
            ))}
          </ul>
        </Panel>
        <Exposure />
        <Snapshot />
      </Stack>
      {revoking !== null && (
        <Confirm
          title="End this share now?"
          action="Revoke"
          onClose={() => setRevoking(null)}
          onConfirm={() => revoke.mutate({ id: revoking.id })}
        >
          {revoking.viewers > 0
            ? 'Whoever is looking at it sees it end at once. '
            : 'The link answers no more. '}
          It cannot be brought back; a new link can be made.
        </Confirm>
      )}
    </>
  );
}

/** A link made or revoked elsewhere shows here too: the overview tells how many there are. */
function useRefresh(): () => Promise<void> {
  const cache = useQueryClient();
  const refresh = () => cache.invalidateQueries({ queryKey: trpc.share.list.queryKey() });
  const sharing = JSON.stringify(useOverview()?.sharing);
  const known = useRef(sharing);
  useEffect(() => {
    if (known.current === sharing) return;
    known.current = sharing;
    void cache.invalidateQueries({ queryKey: trpc.share.list.queryKey() });
  }, [cache, sharing]);
  return refresh;
}
