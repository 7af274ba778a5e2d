import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { assertOffer } from '../sync/key-offer.ts';
import type { KeyOffer } from '../sync/messages.ts';
import type { SignedStatus } from '../sync/terminal-envelope.ts';
import type { HubKeyring } from './hub-keyring.ts';
import { type Notify, noticeOf } from './notice.ts';
import { sealKeysFor } from './provision.ts';
import type { TerminalBooks } from './terminal-books.ts';

/** What a terminal says while it is there, and with which key. */
export type LivingStatus = Extract<SignedStatus, { online: true }>;

/** What {@link ownKeyBook} works with. */
export interface OwnKeyOptions {
  readonly site: string;
  readonly keyring: HubKeyring;
  readonly books: TerminalBooks;
  readonly clock: Clock;
  readonly notify: Notify;
}

/** What is to be published now: nothing, the keys of that terminal once more, or who the terminals are as well. */
export type ToldNext = 'nothing' | 'its-keys' | 'everybody';

/**
 * Takes in the keys that terminals make for themselves, as their statuses tell of them. Both keys of a terminal count
 * from the moment its offer is booked until it was heard under the new one and everything that it may have signed with
 * the old one is here. Each step is one transaction: whoever comes after a power cut is told again, and goes on.
 */
export function ownKeyBook(options: OwnKeyOptions): (status: LivingStatus) => Promise<ToldNext> {
  const { site, keyring, books, clock, notify } = options;
  /** Terminal -> the last event that it had written when it was first heard under its new key. */
  const lastOfOld = new Map<string, number>();
  /** Terminal -> the offer of it that was refused, so that each is told of once. */
  const refused = new Map<string, string>();

  const refuse = (terminal: string, offer: KeyOffer, why: LimenError): ToldNext => {
    refused.set(terminal, JSON.stringify(offer));
    notify(noticeOf(why));
    return 'nothing';
  };

  const take = async (terminal: string, offer: KeyOffer): Promise<ToldNext> => {
    const booked = (await books.all()).find(({ id }) => id === terminal);
    if (booked === undefined || booked.revokedAt !== null) return 'nothing';
    // It has not heard that they are booked.
    if (booked.next === offer.signing.x || booked.signing === offer.signing.x) return 'its-keys';
    // A terminal that was away while the hub changed its key gets that one first, under the key that both have.
    if (!booked.held.hub.includes(keyring.signing.id)) return 'nothing';
    const fault = await assertOffer({ site, terminal }, offer).catch((error: LimenError) => error);
    if (fault !== undefined) return refuse(terminal, offer, fault);
    const agreement = offer.agreement.x;
    const rosterVersion = (await books.rosterVersion()) + 1;
    const text = await sealKeysFor({ id: terminal, agreement }, { site, keyring, clock, rosterVersion });
    const sealed = { sequence: keyring.document.sequence, text };
    const keys = { command: offer.command, signing: offer.signing.x, agreement, sealed };
    const outcome = await books.offered(terminal, keys);
    if (outcome === 'unasked') return refuse(terminal, offer, unasked(terminal));
    return outcome === 'booked' ? 'everybody' : 'its-keys';
  };

  /** It signs with the new key; what it signed with the old one may still be on its way, and is not to be lost. */
  const settle = async ({ terminal, journal }: LivingStatus): Promise<ToldNext> => {
    const last = lastOfOld.get(terminal) ?? journal.lastSeq;
    lastOfOld.set(terminal, last);
    if (journal.acknowledgedSeq < last) return 'nothing';
    lastOfOld.delete(terminal);
    return (await books.renewed(terminal)) ? 'everybody' : 'nothing';
  };

  return async (status) => {
    const { terminal, offer, signedBy } = status;
    const next = (await books.find(terminal))?.keys[1];
    if (next !== undefined && next.id === signedBy) return settle(status);
    if (offer === undefined || refused.get(terminal) === JSON.stringify(offer)) return 'nothing';
    await keyring.refresh();
    return take(terminal, offer);
  };
}

function unasked(terminal: string): LimenError {
  return new LimenError('key.unasked', `The terminal ${terminal} offers new keys that nobody has asked it for.`, {
    hint: `Have they been stolen? If not: limen hub command ${terminal} rotate --config hub.yaml asks for them.`,
  });
}
