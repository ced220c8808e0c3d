/** `doctor`: what was looked at on this machine, and what to do about it. */
import * as z from 'zod';

export const doctorCheck = z.object({
  name: z.string(),
  category: z.enum(['system', 'home', 'config', 'weights', 'runtime', 'server']),
  status: z.enum(['pass', 'warn', 'fail', 'info']),
  message: z.string(),
  fix: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof doctorCheck>;

export const doctorReport = z.object({
  overall: z.enum(['healthy', 'warning', 'unhealthy']),
  checks: z.array(doctorCheck),
});
export type DoctorReport = z.infer<typeof doctorReport>;
