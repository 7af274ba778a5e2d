import { z } from 'zod';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import type { NamedKey } from './keys.ts';
import { wireFormat } from './messages.ts';

const id = z.string().regex(idPattern);

/**
 * `terminals`, retained: who the terminals of a site are, signed by the hub, so that they can tell each other's words
 * from a stranger's.
 */
export const rosterSchema = z.object({
  format: z.literal(wireFormat),
  site: id,
  /** Counts the changes: an older roster would bring a revoked terminal back. */
  version: z.number().int().min(0),
  issuedAt: z.iso.datetime({ offset: true }),
  terminals: z.record(
    id,
    z.object({
      /** `x` of its Ed25519 key (RFC 8037). */
      key: z.string().regex(/^[\w-]{43}$/),
      /** The one that is about to take its place: it may sign with either. */
      next: z
        .string()
        .regex(/^[\w-]{43}$/)
        .optional(),
      /** Left out for one that is not. */
      revoked: z.literal(true).optional(),
    }),
  ),
});
export type Roster = z.infer<typeof rosterSchema>;

/** One terminal, as whoever has to believe it knows it. */
export interface KnownTerminal {
  readonly id: string;
  /** What it may sign with: one key, and during a change of it the new one as well, behind the other. */
  readonly keys: readonly NamedKey[];
  readonly revoked: boolean;
}

/** Who the terminals are: the hub's books, or the roster that the hub published. */
export interface Registry {
  /** `null` for one that was never provisioned, or is not known here yet. */
  find(terminal: string): Promise<KnownTerminal | null>;
}

/** @throws LimenError `terminal.unknown`, `terminal.revoked`. */
export async function trusted(registry: Registry, terminal: string): Promise<KnownTerminal> {
  const known = await registry.find(terminal);
  if (known === null) {
    throw new LimenError('terminal.unknown', `Nobody has provisioned a terminal ${terminal}.`, {
      hint: `If it is one of this site's: limen hub provision ${terminal} --config hub.yaml`,
    });
  }
  if (!known.revoked) return known;
  throw new LimenError('terminal.revoked', `The terminal ${terminal} was revoked: what it says counts no more.`, {
    hint: 'Whoever has it is still connected to the broker: take its account away there.',
  });
}
