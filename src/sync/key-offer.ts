import { z } from 'zod';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { commandIdSchema } from './command-messages.ts';
import { sign, verified } from './jose-text.ts';
import { importAgreement, importSigning, publicHalf } from './keys.ts';
import { type KeyOffer, keyOfferSchema, wireFormat } from './messages.ts';
import type { NextKeys } from './next-keys.ts';

const id = z.string().regex(idPattern);

/** What the new signing key of a terminal signs about itself: `proof` of an offer. */
export const offerProofSchema = z.object({
  format: z.literal(wireFormat),
  site: id,
  terminal: id,
  command: commandIdSchema,
  /** `x` of both new keys (RFC 8037). */
  signing: z.string(),
  agreement: z.string(),
});

/** `data` of the result of `rotate`. */
export const rotateDataSchema = z.object({
  /** Name of the new signing key. */
  key: z.string().regex(/^[\w-]{43}$/),
  offer: keyOfferSchema,
});

/** Whose keys they are. */
export interface OfferingTerminal {
  readonly site: string;
  readonly terminal: string;
}

/** What a terminal says of the keys that it has made: nothing secret, and a proof that it holds them. */
export async function offerOf({ site, terminal }: OfferingTerminal, next: NextKeys): Promise<KeyOffer> {
  const { command, signing, agreement } = next;
  const said = { format: wireFormat, site, terminal, command, signing: signing.x, agreement: agreement.x };
  const proof = await sign('terminalKeys', said, await importSigning(signing));
  return { command, signing: publicHalf(signing), agreement: publicHalf(agreement), proof };
}

/**
 * That an offer was made by who holds the new key, for this terminal and nothing else. Who it comes from is for the
 * message to prove that it came in.
 *
 * @throws LimenError `message.signature-invalid`, `message.invalid`, `key.invalid`.
 */
export async function assertOffer({ site, terminal }: OfferingTerminal, offer: KeyOffer): Promise<void> {
  const key = await importSigning(offer.signing);
  await importAgreement(offer.agreement);
  const keyFor = (name: string | undefined) => (name === key.id ? key : undefined);
  const said = await verified('terminalKeys', { schema: offerProofSchema, keyFor, text: offer.proof });
  const isMeant = said.site === site && said.terminal === terminal && said.command === offer.command;
  if (isMeant && said.signing === offer.signing.x && said.agreement === offer.agreement.x) return;
  throw new LimenError(
    'message.signature-invalid',
    `New keys of ${terminal} vouch for other keys, or another terminal.`,
  );
}
