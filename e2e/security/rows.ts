/** Every row of trust.md A5 that is proven against a running lab, in its order. T18 to T20 have a part on a real engine, too. */
import type { Row } from './row.ts';
import { t1 } from './t1-host.ts';
import { t2 } from './t2-forms.ts';
import { t3 } from './t3-reads.ts';
import { t4 } from './t4-null.ts';
import { t5 } from './t5-frames.ts';
import { t6 } from './t6-upgrade.ts';
import { t7 } from './t7-cookie.ts';
import { t8 } from './t8-users.ts';
import { t9 } from './t9-token.ts';
import { t10 } from './t10-fuzz.ts';
import { t11 } from './t11-share.ts';
import { t12 } from './t12-secrets.ts';
import { t13 } from './t13-flood.ts';
import { t14 } from './t14-scripts.ts';
import { t15 } from './t15-images.ts';
import { t16 } from './t16-logs.ts';
import { t17 } from './t17-actions.ts';
import { t18 } from './t18-config.ts';
import { t19 } from './t19-headers.ts';
import { t20 } from './t20-ports.ts';
import { t21 } from './t21-keys.ts';
import { t22 } from './t22-dependencies.ts';

export const ROWS: readonly Row[] = [
  t1,
  t2,
  t3,
  t4,
  t5,
  t6,
  t7,
  t8,
  t9,
  t10,
  t11,
  t12,
  t13,
  t14,
  t15,
  t16,
  t17,
  t18,
  t19,
  t20,
  t21,
  t22,
];
