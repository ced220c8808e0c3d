'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { downloadTotal } from '../../../../server/schemas/plan-words.ts';
import { applyLiveEvent } from '../../../_lib/live-cache.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { LabPlan } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import styles from './plan.module.css';

interface ApplyBarProps {
  plan: LabPlan;
  starter: boolean;
  /** Something else runs. */
  busy: boolean;
  /** The plan is no longer what is shown. */
  onChanged: () => void;
}

/**
 * Applies exactly what is shown; the Overview then shows each step. It stays when nothing is left to do, so that a
 * refusal can still be read beside the plan that came of it.
 */
export function ApplyBar({ plan, starter, busy, onChanged }: ApplyBarProps) {
  const cache = useQueryClient();
  const router = useRouter();
  const up = useMutation(
    trpc.lab.up.mutationOptions({
      onSuccess(activity) {
        applyLiveEvent(cache, { type: 'activity', activity });
        router.push('/');
      },
      onError: onChanged,
    }),
  );
  const report = up.error === null ? null : reportOf(up.error);
  const applicable = plan.possible && plan.changes > 0;
  if (report === null && !applicable) return null;
  return (
    <div className={styles.apply}>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {applicable && (
        <div className={styles.actions}>
          <Button
            kind="primary"
            data-testid="plan-apply"
            disabled={busy || up.isPending}
            onClick={() => up.mutate({ starter, plan: plan.sha256 })}
          >
            Apply
          </Button>
          <span className={styles.quiet}>
            {plan.downloads.length === 0 ? '' : 'To download: '}
            {downloadTotal(plan)}.
          </span>
        </div>
      )}
    </div>
  );
}
