import { z } from 'zod';
import { roles } from '../roles.ts';

/** What an account may do. */
export const role = z.enum(roles);

/** Who is signed in, and what the screen needs to know before anything else. */
export const here = z.object({
  state: z.enum(['to-set-up', 'signed-out', 'signed-in']),
  /** Whose console it is: a terminal's has fewer pages. */
  place: z.enum(['hub', 'terminal']),
  site: z.string().nullable(),
  /** Its name, at a terminal. */
  terminal: z.string().nullable(),
  name: z.string().nullable(),
  role: role.nullable(),
  version: z.string(),
});

/** See {@link here}. */
export type Here = z.infer<typeof here>;
