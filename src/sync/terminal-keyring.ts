import { stat } from 'node:fs/promises';
import type { CryptoKey } from 'jose';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { inOrder } from '../runtime/in-order.ts';
import type { KeysMessage } from './key-messages.ts';
import { offerOf } from './key-offer.ts';
import { importAgreement, makeAgreementJwk, makeSigningJwk, type OwnKeys, type TrustedKeys } from './keys.ts';
import type { HeldKeys, KeyOffer } from './messages.ts';
import { type NextKeys, nextKeysFileIn, readNextKeys, removeNextKeys, writeNextKeys } from './next-keys.ts';
import {
  type Identity,
  importProvisioned,
  provisionedFileIn,
  readProvisioned,
  writeProvisioned,
} from './provisioned-file.ts';
import type { Provisioning } from './provisioning.ts';

/** What a terminal holds, at any moment: all of it changes when the hub, or the terminal itself, changes keys. */
export interface TerminalKeyring extends TrustedKeys {
  readonly own: OwnKeys;
  /** What the hub may have encrypted to: the key in use, then one that is to take its place. */
  readonly agreements: readonly CryptoKey[];
  /** Site, name, broker, and the keys as they are kept. */
  readonly document: Provisioning;
  readonly held: HeldKeys;
  /** What the hub is to be told of keys of its own that are on the disk and not in use yet; `null` for none. */
  readonly offer: KeyOffer | null;
  /**
   * Make new keys of its own and keep them; those in use stay in use. Where there are such already, they are offered
   * once more, in the name of the newer `command`.
   *
   * @throws LimenError `disk.full`, `file.unwritable`: nothing has begun then.
   */
  renew(command: string): Promise<KeyOffer>;
  /**
   * The hub has encrypted to this key. `true` when it is the next one, which it can only know from its books: then the
   * next keys are in use, on the disk first, and those before are deleted.
   *
   * @throws LimenError `disk.full`, `file.unwritable`: those before stay in use.
   */
  confirmed(recipient: CryptoKey): Promise<boolean>;
  /**
   * Keep newer keys, then use them. `false` when they are those that are held already.
   *
   * @throws LimenError `key.rollback` for older ones; `disk.full`, `file.unwritable`: those before stay in use.
   */
  adopt(message: KeysMessage): Promise<boolean>;
  /** Take in what `limen provision` put into place meanwhile; `true` when there was something. */
  reread(): Promise<boolean>;
}

/** Keys that wait for the hub. */
interface Waiting {
  readonly keys: NextKeys;
  readonly agreement: CryptoKey;
  readonly offer: KeyOffer;
}

/**
 * The keys of a terminal that was provisioned; `null` when it never was.
 *
 * @throws LimenError `provisioning.invalid` when no generation on the disk can be used, `provisioning.mismatch`.
 */
export async function openTerminalKeyring(identity: Identity): Promise<TerminalKeyring | null> {
  const file = provisionedFileIn(identity.dataFolder);
  const document = await readProvisioned(identity);
  if (document === null) return null;
  const serially = inOrder();
  const files = { file, nextFile: nextKeysFileIn(identity.dataFolder) };
  let current = await importProvisioned(document, file);
  let waiting = await waitingIn(files, document);
  let stamp = await stampOf(file);
  const keep = async (next: Provisioning, beforeUse: (document: Provisioning) => Promise<void> = async () => {}) => {
    const imported = await importProvisioned(next, 'the message of the hub');
    await writeProvisioned(file, next);
    await beforeUse(next);
    stamp = await stampOf(file);
    current = imported;
  };
  return {
    get hub() {
      return current.hub;
    },
    get site() {
      return current.site;
    },
    get own() {
      return current.own;
    },
    get agreements() {
      return waiting === null ? [current.own.agreement] : [current.own.agreement, waiting.agreement];
    },
    get document() {
      return current.document;
    },
    get held() {
      return current.held;
    },
    get offer() {
      return waiting?.offer ?? null;
    },
    renew: (command) =>
      serially(async () => {
        const next = await ready(current.document, nextOf(current.document, { command, before: waiting?.keys }));
        await writeNextKeys(files.nextFile, next.keys);
        waiting = next;
        return next.offer;
      }),
    confirmed: (recipient) =>
      serially(async () => {
        if (recipient !== waiting?.agreement) return false;
        const { signing, agreement } = waiting.keys;
        await keep({ ...current.document, keys: { ...current.document.keys, signing, agreement } }, (document) =>
          // What is left of it, the next start takes away.
          finish(files, document).catch(() => {}),
        );
        waiting = null;
        return true;
      }),
    adopt: (message) =>
      serially(async () => {
        const { keys } = current.document;
        if (message.sequence === keys.sequence) return false;
        if (message.sequence < keys.sequence) throw rollback(message.sequence, keys.sequence);
        const hub = message.hub.map(({ key }) => key);
        const rosterVersion = Math.max(message.rosterVersion, current.document.rosterVersion);
        await keep({
          ...current.document,
          rosterVersion,
          keys: { ...keys, sequence: message.sequence, hub, site: message.siteKeys },
        });
        return true;
      }),
    reread: () =>
      serially(async () => {
        const now = await stampOf(file);
        if (now === stamp) return false;
        const again = await readProvisioned(identity);
        if (again === null) return false;
        current = await importProvisioned(again, file);
        waiting = await waitingIn(files, again);
        stamp = now;
        return true;
      }),
  };
}

interface Files {
  readonly file: string;
  readonly nextFile: string;
}

/** The next keys on the disk, if they are still to take the place of those in use. What is left of others goes. */
async function waitingIn(files: Files, document: Provisioning): Promise<Waiting | null> {
  const keys = await readNextKeys(files.nextFile);
  const inUse = document.keys.signing.x;
  if (keys?.after === inUse) return ready(document, keys);
  if (keys?.signing.x === inUse) await finish(files, document).catch(() => {});
  else if (keys !== null) await removeNextKeys(files.nextFile).catch(() => {});
  return null;
}

/**
 * The next keys are in use: leave nothing of those before. The generation before goes by a second write: were the file
 * damaged, nobody would believe a terminal that fell back to the old key. Until then, it finds the next keys beside it.
 */
async function finish({ file, nextFile }: Files, document: Provisioning): Promise<void> {
  await writeProvisioned(file, document);
  await removeNextKeys(nextFile);
}

function nextOf(
  { keys }: Provisioning,
  { command, before }: { command: string; before: NextKeys | undefined },
): NextKeys {
  // Ids count up: an older command, heard late, is not the reason any more.
  if (before !== undefined) return { ...before, command: command > before.command ? command : before.command };
  return { format: 1, after: keys.signing.x, command, signing: makeSigningJwk(), agreement: makeAgreementJwk() };
}

async function ready(terminal: Provisioning, keys: NextKeys): Promise<Waiting> {
  return { keys, agreement: await importAgreement(keys.agreement), offer: await offerOf(terminal, keys) };
}

function rollback(sequence: number, held: number): LimenError {
  return new LimenError('key.rollback', `The keys are those of change ${sequence}; this terminal has change ${held}.`, {
    hint: 'The broker gives out an old message, or the hub runs on an old copy of its data folder.',
  });
}

async function stampOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw new LimenError('file.unreadable', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
