import { z } from 'zod';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import type { Command } from './command-messages.ts';

/** `args` of the verb `anti-passback-reset`. */
export const passbackResetArgsSchema = z.strictObject({
  /** Whose whereabouts are to be forgotten; left out, everybody's. */
  personId: z.string().regex(idPattern).optional(),
});

/**
 * Whose whereabouts a command wants forgotten; `null` is everybody.
 *
 * @throws LimenError `command.arguments-invalid`: what is not understood must not forget more than was asked.
 */
export function whoseOf({ args }: Pick<Command, 'args'>): string | null {
  const parsed = passbackResetArgsSchema.safeParse(args ?? {});
  if (parsed.success) return parsed.data.personId ?? null;
  throw new LimenError('command.arguments-invalid', 'The command cannot be carried out: whom it means is not clear.', {
    hint: 'For one person: limen hub command --all anti-passback-reset --person ID; for everybody, without --person.',
  });
}
