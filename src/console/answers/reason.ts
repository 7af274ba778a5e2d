import { z } from 'zod';

/** Why somebody does what stays in the books: one line of 1 to 200 characters. */
export const reason = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);
