import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { proofOf, sealKeys } from '../sync/key-messages.ts';
import { importAgreement, keyId, makeAgreementJwk, makeSigningJwk, publicHalf } from '../sync/keys.ts';
import { wireFormat } from '../sync/messages.ts';
import type { ProvisionedBroker, Provisioning } from '../sync/provisioning.ts';
import { type HubKeyring, inOrder } from './hub-keyring.ts';
import { type BookedTerminal, type TerminalBooks, terminalExists } from './terminal-books.ts';

/** Whom to provision, and how it reaches the broker. */
export interface ProvisionRequest {
  readonly site: string;
  readonly terminal: string;
  readonly broker: ProvisionedBroker;
  readonly keyring: HubKeyring;
  readonly books: TerminalBooks;
  readonly clock: Clock;
  /** Make new keys for one that was provisioned, or revoked, before. */
  readonly replace?: boolean;
}

/** The name that the broker files give the hub. */
export const hubAccount = 'hub';

/**
 * Make the keys of a terminal, and all that it needs to know. `keep` gets the document before it counts: what it throws
 * leaves the books as they were. The private halves are in the document only.
 *
 * @throws LimenError `usage.invalid`, `terminal.exists`.
 */
export async function provisionTerminal(
  request: ProvisionRequest,
  keep: (document: Provisioning) => Promise<void>,
): Promise<void> {
  const { site, terminal, broker, keyring, books, clock, replace = false } = request;
  assertName(terminal);
  await keyring.refresh();
  const [signing, agreement] = [makeSigningJwk(), makeAgreementJwk()];
  const { sequence, hub, site: siteKeys } = keyring.document;
  const held = { sequence, hub: [...keyring.valid.hub], site: [...keyring.valid.site] };
  const rosterVersion = (await books.rosterVersion()) + 1;
  const issuedAt = clock.now().toISOString();
  const publicKeys = { signing: signing.x, agreement: agreement.x };
  const booked = { id: terminal, ...publicKeys, provisionedAt: issuedAt, revokedAt: null, held };
  const sealed = { sequence, text: await sealKeysFor(booked, { site, keyring, clock, rosterVersion }) };
  const before = (await books.all()).find(({ id }) => id === terminal);
  if (before !== undefined && !replace) throw terminalExists(terminal, before);
  await keep({
    format: 1,
    kind: 'limen-terminal',
    ...{ site, terminal, issuedAt, broker, rosterVersion },
    keys: { sequence, hub: inOrder(hub).map(publicHalf), site: inOrder(siteKeys), signing, agreement },
  });
  await books.add({ ...booked, sealed }, { replace });
}

/** The message that brings a terminal all keys that are valid now, signed with the one that is in use. */
export async function sealKeysFor(
  { id, agreement }: Pick<BookedTerminal, 'id' | 'agreement'>,
  options: { site: string; keyring: HubKeyring; clock: Clock; rosterVersion: number },
): Promise<string> {
  const { site, keyring, clock, rosterVersion } = options;
  const { document, signing } = keyring;
  const hub = await Promise.all(
    inOrder(document.hub).map(async (jwk) => ({ key: publicHalf(jwk), proof: await proofOf(site, jwk) })),
  );
  const recipient = await importAgreement({ kty: 'OKP', crv: 'X25519', x: agreement });
  const issuedAt = clock.now().toISOString();
  const { sequence } = document;
  const siteKeys = inOrder(document.site);
  const message = { format: wireFormat, site, terminal: id, sequence, issuedAt, rosterVersion, hub, siteKeys } as const;
  return sealKeys({ ...message, hub: [...hub] }, { signing, recipient });
}

/** The name of the key that is on its way to the terminals, by kind; what is not under way is left out. */
export async function underWay({ document }: Pick<HubKeyring, 'document'>) {
  const { site, hub } = document;
  return {
    ...(site.next !== null && { site: await keyId(site.next) }),
    ...(hub.next !== null && { hub: await keyId(hub.next) }),
  };
}

function assertName(terminal: string): void {
  if (idPattern.test(terminal) && terminal !== hubAccount) return;
  throw new LimenError('usage.invalid', `${JSON.stringify(terminal)} cannot be the name of a terminal.`, {
    hint: `Use letters, digits, ".", "_" and "-", at most 64; "${hubAccount}" is the hub's own.`,
  });
}
