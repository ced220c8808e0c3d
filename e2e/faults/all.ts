/** The faults that need no Docker; those that do are in e2e/faults/docker. */
import type { Fault } from './fault.ts';
import { f1, f2 } from './f01-kill.ts';
import { f3, f3s } from './f03-writer.ts';
import { f4, f10 } from './f04-signals.ts';
import { f8, f9 } from './f08-health.ts';
import { f11, f12 } from './f11-disk.ts';
import { f13 } from './f13-clock.ts';
import { f15, f16, f17, f18 } from './f15-gateway.ts';
import { f19 } from './f19-lock.ts';
import { f21 } from './f21-locked.ts';
import { f22, f23 } from './f22-database.ts';
import { f1d, f14, f20 } from './f20-others.ts';

export const FAULTS: readonly Fault[] = [
  f1,
  f1d,
  f2,
  f3,
  f3s,
  f4,
  f8,
  f9,
  f10,
  f11,
  f12,
  f13,
  f14,
  f15,
  f16,
  f17,
  f18,
  f19,
  f20,
  f21,
  f22,
  f23,
];
