import { z } from 'zod';
import { role } from './session.ts';

/** Somebody who may sign in; since `disabledAt`, where there is such a time, they may not. */
export const accountListed = z.object({
  name: z.string(),
  role,
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
});

/** See {@link accountListed}. */
export type AccountListed = z.infer<typeof accountListed>;

/** What somebody changed. */
export const auditListed = z.object({
  id: z.string(),
  at: z.string(),
  account: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).optional(),
});

/** See {@link auditListed}. */
export type AuditListed = z.infer<typeof auditListed>;
