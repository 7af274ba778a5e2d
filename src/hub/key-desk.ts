import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { inOrder } from '../runtime/in-order.ts';
import type { Sealer } from '../sync/envelope.ts';
import type { Link } from '../sync/link.ts';
import { topicsOf } from '../sync/topics.ts';
import { begun, type KeyKind, retired, switched } from './hub-key-file.ts';
import type { HubKeyring } from './hub-keyring.ts';
import { type Notify, noticeOf } from './notice.ts';
import { type LivingStatus, ownKeyBook } from './own-keys.ts';
import { sealKeysFor, underWay } from './provision.ts';
import type { BookedTerminal, TerminalBooks } from './terminal-books.ts';

/** What a {@link KeyDesk} works with. */
export interface KeyDeskOptions {
  readonly site: string;
  readonly link: Link;
  readonly keyring: HubKeyring;
  readonly books: TerminalBooks;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly notify: Notify;
  /** Publish gallery and rules again, sealed with the keys in use; `false` when the broker did not take all of it. */
  readonly republish: () => Promise<boolean>;
}

/** How far a change of keys is. */
export interface KeyProgress {
  /** Kinds of key of which a new one is on its way to the terminals. */
  readonly underWay: readonly KeyKind[];
  /** Terminals that do not hold it yet. */
  readonly waitingFor: readonly string[];
  /** Everything is sealed with the new key, and the one before counts no more. */
  readonly finished: boolean;
}

/**
 * Changes the keys of a site without a gap: a new key goes to every terminal; when all hold it, everything is published
 * under it; then the one before is no key any more. Each step is on the disk before the next, so that whoever comes
 * after a power cut goes on. What a terminal has made for itself is taken in by {@link ownKeyBook}.
 */
export interface KeyDesk {
  /** Make new keys and begin to spread them. */
  rotate(kinds: readonly KeyKind[]): Promise<KeyProgress>;
  /** Its words count no more, and the site key that it holds is changed without it. @throws LimenError `terminal.unknown`. */
  revoke(terminal: string): Promise<KeyProgress>;
  /** Go on as far as it goes. With `without`, terminals that are not waited for. @throws LimenError `terminal.unknown`. */
  advance(how?: { readonly without?: readonly string[] }): Promise<KeyProgress>;
  /** What a terminal says that it holds, and which keys it has made for itself. */
  heard(status: LivingStatus): Promise<void>;
  /** Publish who the terminals are, and to each of them its keys. */
  publish(): Promise<void>;
  progress(): Promise<KeyProgress>;
  /** What was begun has ended. */
  close(): Promise<void>;
}

/** Make a {@link KeyDesk}; it begins nothing by itself. */
export function keyDesk(options: KeyDeskOptions): KeyDesk {
  const { site, link, keyring, books, sealer, clock, notify } = options;
  const topics = topicsOf(site);
  const serially = inOrder();
  const takeOwnKeys = ownKeyBook(options);

  const lackingOf = async (terminals: readonly BookedTerminal[]) => {
    const wanted = await underWay(keyring);
    const lacks = ({ held }: BookedTerminal) =>
      (wanted.site !== undefined && !held.site.includes(wanted.site)) ||
      (wanted.hub !== undefined && !held.hub.includes(wanted.hub));
    return terminals.filter((terminal) => terminal.revokedAt === null && lacks(terminal)).map(({ id }) => id);
  };

  const progress = async (): Promise<KeyProgress> => {
    await keyring.refresh();
    const kinds = Object.keys(await underWay(keyring)) as KeyKind[];
    const { site: siteKeys, hub } = keyring.document;
    const finished = kinds.length === 0 && siteKeys.previous === null && hub.previous === null;
    return { underWay: kinds, waitingFor: await lackingOf(await books.all()), finished };
  };

  /**
   * Seal the present keys to each terminal. One that does not hold the hub's key that is in use keeps the message that
   * tells of it, signed with the key before: it can come back years later.
   */
  const seal = async () => {
    const rosterVersion = await books.rosterVersion();
    const { sequence } = keyring.document;
    for (const terminal of await books.all()) {
      if (terminal.revokedAt !== null || terminal.sealed.sequence >= sequence) continue;
      if (!terminal.held.hub.includes(keyring.signing.id)) continue;
      const text = await sealKeysFor(terminal, { site, keyring, clock, rosterVersion });
      await books.sealed(terminal.id, { sequence, text });
    }
  };

  const publishRoster = async () => {
    const roster = await sealer.roster(await books.roster(site, clock.now()));
    await link.publish(topics.roster, roster, { retain: true });
  };
  const publishKeys = async (terminal: string) => {
    const booked = (await books.all()).find(({ id }) => id === terminal);
    if (booked?.revokedAt === null) await link.publish(topics.keys(terminal), booked.sealed.text, { retain: true });
  };
  const publish = async () => {
    await publishRoster();
    for (const { id, revokedAt, sealed } of await books.all()) {
      await link.publish(topics.keys(id), revokedAt === null ? sealed.text : '', { retain: true });
    }
  };

  /** A broker that is away delays it: the next connection publishes. */
  const sealAndPublish = async () => {
    await seal();
    if (link.state.online) await publish().catch((error) => notify(noticeOf(error, topics.roster)));
  };

  const advance = async (without: readonly string[] = []): Promise<KeyProgress> => {
    const lacking = await lackingOf(await books.all());
    if (Object.keys(await underWay(keyring)).length > 0) {
      if (lacking.some((id) => !without.includes(id))) return progress();
      await keyring.change(switched);
    }
    const { site: siteKeys, hub } = keyring.document;
    if (siteKeys.previous !== null || hub.previous !== null) {
      if (!link.state.online || !(await options.republish())) return progress();
      await keyring.change(retired);
      await sealAndPublish();
    }
    return progress();
  };

  return {
    progress,
    close: () => serially(async () => {}),
    publish: () =>
      serially(async () => {
        await keyring.refresh();
        await seal();
        await publish();
      }),
    rotate: (kinds) =>
      serially(async () => {
        await keyring.change((now) => begun(now, kinds));
        await sealAndPublish();
        return advance();
      }),
    revoke: (terminal) =>
      serially(async () => {
        await books.revoke(terminal, clock.now());
        await keyring.change((now) => begun(now, ['site']));
        await sealAndPublish();
        return advance();
      }),
    advance: ({ without = [] } = {}) =>
      serially(async () => {
        await keyring.refresh();
        const known = new Set((await books.all()).map(({ id }) => id));
        const stranger = without.find((id) => !known.has(id));
        if (stranger !== undefined) {
          throw new LimenError('terminal.unknown', `Nobody has provisioned a terminal ${stranger}.`, {
            hint: 'See which there are: limen hub keys status --config hub.yaml',
          });
        }
        return advance(without);
      }),
    heard: (status) =>
      serially(async () => {
        const { terminal, keys: held } = status;
        const told = await takeOwnKeys(status);
        // Neighbours first: the terminal signs with its new key as soon as it hears that it is booked.
        if (told === 'everybody' && link.state.online) await publishRoster();
        if (told !== 'nothing' && link.state.online) await publishKeys(terminal);
        if (!(await books.holds(terminal, held))) return;
        await keyring.refresh();
        await seal();
        const booked = (await books.all()).find(({ id }) => id === terminal);
        // One that came back from far gets the rest of the way at once.
        if (booked !== undefined && booked.sealed.sequence > held.sequence && link.state.online)
          await link.publish(topics.keys(terminal), booked.sealed.text, { retain: true });
        await advance();
      }),
  };
}
