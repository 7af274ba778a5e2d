import type { Rules } from '../access/rules/rules.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { inOrder } from '../runtime/in-order.ts';
import { opener, sealer } from '../sync/envelope.ts';
import { assertSize } from '../sync/jose-text.ts';
import type { Link } from '../sync/link.ts';
import { type GalleryRecord, recordToWire, type WireEvent } from '../sync/messages.ts';
import { terminalOpener } from '../sync/terminal-envelope.ts';
import type { Vision } from '../vision/vision.ts';
import { openCollector } from './collect.ts';
import { type ElectionOptions, openElectedPublisher } from './elected-publisher.ts';
import { assertNoChangeUnderWay, assertOneEmbedder, beside, forgetEmbedder } from './embedder-change.ts';
import {
  assertValidity,
  type CapturedRequest,
  type EnrolLimits,
  type EnrolRequest,
  type Picture,
  personFromPictures,
  personFromTerminal,
} from './enrol.ts';
import { type FacelessRequest, personWithoutFace } from './enrol-without-face.ts';
import { type ErasureReceipts, erasureReceipts, faceReceipts } from './erasure-receipts.ts';
import { type HubKeyring, watchKeys } from './hub-keyring.ts';
import type { HubStore } from './hub-store.ts';
import { type KeyDesk, keyDesk } from './key-desk.ts';
import { type Look, lookAt } from './look.ts';
import { type Notify, noticeOf } from './notice.ts';
import type { LivingStatus } from './own-keys.ts';
import { unknownPerson } from './people-table.ts';
import { changed, type PersonChange, touchesValidity } from './person-change.ts';
import { openPublisher } from './publish.ts';
import { addRules, latestRules, type PublishedRules } from './rules-book.ts';
import type { Saying } from './statement-book.ts';
import { assertNotSuspended } from './suspensions.ts';
import { type TerminalBooks, terminalBooks } from './terminal-books.ts';

/** What a {@link Hub} is built from. The hub closes none of them: whoever opened them does. */
export interface HubOptions {
  readonly site: string;
  readonly link: Link;
  readonly store: HubStore;
  readonly vision: Vision;
  readonly keys: HubKeyring;
  readonly clock: Clock;
  readonly enrolment?: Partial<EnrolLimits>;
  readonly onNotice?: Notify;
  /** How long a published head is good for; without it, for ever. */
  readonly headLifetimeMs?: number;
  /** People of another embedder are there to be enrolled again or erased, which is all that this hub is opened for. */
  readonly changingEmbedder?: boolean;
  /** How long the broker may take to hand out what it keeps. */
  readonly settleMs?: number;
  /** Beside other processes with the same books: who of them publishes, and over which link. Left out, this one does, over `link`. */
  readonly election?: Pick<ElectionOptions, 'seat' | 'openLink' | 'onSeat' | 'timing'>;
  /** Take events in alone, in turn with other processes (MQTT 5), or not at all, as a command does. Left out, alone. */
  readonly collecting?: 'alone' | 'in-turn' | 'no';
}

/** What became of a change: it is in the books either way; `published` says whether the broker has it already. */
export interface Changed {
  readonly id: string;
  readonly version: number;
  readonly published: boolean;
}

/** An enrolment, and what an administrator should know about it. */
export interface Enrolled extends Changed {
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** The central side of a site. */
export interface Hub {
  /** @throws LimenError as `personFromPictures` does, `person.exists`, `template.foreign-embedder`. */
  enrol(request: EnrolRequest | CapturedRequest | FacelessRequest): Promise<Enrolled>;
  /**
   * What a picture would be good for. With `compare`, whom of the others it resembles.
   *
   * @throws LimenError `image.unreadable`, `image.too-large`.
   */
  look(picture: Pick<Picture, 'jpeg'>, how?: { readonly compare?: boolean; readonly except?: string }): Promise<Look>;
  /** @throws LimenError `person.unknown`, `person.card-taken`, `person.suspended`, `usage.invalid`. */
  change(personId: string, change: PersonChange): Promise<Changed>;
  /** Put somebody into groups because a dated move says so. @throws LimenError `person.unknown`. */
  moveTo(personId: string, groups: readonly string[]): Promise<Changed>;
  /** Nobody lets them pass, until they are resumed. @throws LimenError `person.unknown`, `person.suspended`. */
  suspend(personId: string, by: Saying): Promise<Changed>;
  /** @throws LimenError `person.unknown`, `person.suspended` for somebody who is not. */
  resume(personId: string): Promise<Changed>;
  /** Publish rules for every terminal; whether they make sense is for the caller to check. @throws LimenError `message.too-large`. */
  setRules(rules: object): Promise<{ readonly version: number; readonly published: boolean }>;
  /** The rules in force; `null` where none were ever set. */
  rules(): Promise<PublishedRules | null>;
  /** @throws LimenError `person.unknown`. */
  erase(personId: string): Promise<Changed>;
  /** Templates only: card, PIN and all else stay. @throws LimenError `person.unknown`, `person.without-face`. */
  forgetFace(personId: string): Promise<Changed>;
  /** Who has confirmed that; `null` for somebody whose face was not erased. */
  faceReceipts(personId: string): Promise<ErasureReceipts | null>;
  /** Who has confirmed an erasure; `null` for somebody who was not erased. */
  erasureReceipts(personId: string): Promise<ErasureReceipts | null>;
  /**
   * Take the templates of an embedder from everybody, once no terminal uses it any more. Returns from how many people.
   *
   * @throws LimenError `template.foreign-embedder` when no other embedder knows everybody.
   */
  forgetEmbedder(model: string): Promise<number>;
  people(): Promise<Person[]>;
  /** Events of one terminal after `afterSeq`, oldest first. */
  events(query: { terminal: string; afterSeq?: number; limit?: number }): Promise<WireEvent[]>;
  /** Whether it is this process that publishes, and not another one with the same books. */
  readonly publishing: boolean;
  /** Every event once, when it is on the hub's disk. Returns the way to stop listening. */
  onEvent(listener: (event: WireEvent) => void): () => void;
  /** Changes keys, and revokes terminals. */
  readonly keys: KeyDesk;
  /** Which terminals there are. */
  readonly terminals: TerminalBooks;
  /** Messages from terminals that were refused since the start. */
  readonly refused: number;
  close(): Promise<void>;
}

/**
 * Start publishing and collecting.
 *
 * @throws LimenError `template.foreign-embedder` when people were enrolled with another embedder than `vision`'s.
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { site, link, store, vision, keys, clock, onNotice: notify = () => {} } = options;
  const limits: EnrolLimits = { maxTemplates: 5, calibration: null, ...options.enrolment };
  if (options.changingEmbedder !== true) await assertOneEmbedder(store, vision.model, notify);
  const listeners = new Set<(event: WireEvent) => void>();
  const serially = inOrder();
  const sealing = sealer(keys);
  const onEvent = (event: WireEvent) => {
    for (const listener of listeners) listener(event);
  };
  const books = terminalBooks(store.db);
  const freshKeys = () => keys.refresh();
  const terminals = terminalOpener(keys, books);
  const common = { site, store, clock, notify, sealer: sealing, freshKeys, terminals };
  const working = new Set<Promise<void>>();
  let closed = false;
  const later = (work: () => Promise<unknown>) => {
    if (closed) return;
    const done: Promise<void> = work()
      .then(() => {})
      .catch((error) => notify(noticeOf(error)))
      .finally(() => working.delete(done));
    working.add(done);
  };
  const desk: KeyDesk = keyDesk({
    ...{ site, link, books, clock, notify, sealer: sealing, keyring: keys },
    republish: () => publisher.republish(),
  });
  const collecting = options.collecting ?? 'alone';
  const shared = collecting === 'in-turn';
  const onStatus = (status: LivingStatus) => later(() => desk.heard(status));
  const collector = collecting === 'no' ? null : await openCollector({ ...common, link, onEvent, onStatus, shared });
  const opening = opener(site, keys);
  const publisherOn = (over: Link) =>
    openPublisher({
      ...{ ...common, link: over, opener: opening, embedder: vision.model },
      headLifetimeMs: options.headLifetimeMs,
      ...(options.settleMs !== undefined && { settleMs: options.settleMs }),
    });
  const elected =
    options.election &&
    (await openElectedPublisher({
      ...options.election,
      ...{ site, link, store, notify, opener: opening, openPublisher: publisherOn },
    }));
  const publisher = elected ?? (await publisherOn(link));
  const goOn = () =>
    later(async () => {
      await desk.publish();
      if (!closed) await desk.advance();
    });
  const pictureNamesOf = async (id: string) => (await store.pictureNames()).get(id) ?? [];
  const told = async (written: Promise<GalleryRecord>): Promise<Changed> => {
    const record = await written;
    return { id: record.id, version: record.version, published: await publisher.publish(record) };
  };
  link.onState(({ online }) => {
    if (online) goOn();
  });
  // A command beside this hub changes keys in its file, and leaves it to this hub to publish with them.
  const looking = watchKeys(keys, () => link.state.online && (elected?.seated ?? true) && goOn());

  return {
    enrol: (request) =>
      serially(async () => {
        const people = await store.people();
        const known = people.find(({ id }) => id === request.id);
        if (known !== undefined && request.again !== true) throw exists(request.id);
        const faceless = 'withoutFace' in request;
        if (known === undefined && !faceless) await assertNoChangeUnderWay(store, vision.model, request.id);
        else if (touchesValidity(request)) await assertNotSuspended(store.db, request.id);
        const others = people.filter((person) => person !== known);
        const context = { vision, model: vision.model, people: others, limits };
        const enrolment = async () => {
          if ('captured' in request) return personFromTerminal({ ...known, ...request }, context);
          if (!('withoutFace' in request)) return personFromPictures({ ...known, ...request }, context);
          const rules = ((await latestRules(store.db))?.rules ?? {}) as Pick<Rules, 'withoutFace'>;
          return personWithoutFace({ ...known, ...request }, { known: known ?? null, rules });
        };
        const { person, warnings } = await enrolment();
        const whole = known === undefined ? person : await beside(store, known, person);
        assertSendable(site, {
          ...{ kind: 'person', lineage: '', version: 1 },
          id: whole.id,
          person: { ...whole, version: 1 },
        });
        const record = await (known === undefined ? store.add(whole) : store.replace(whole));
        return { id: record.id, version: record.version, published: await publisher.publish(record), warnings };
      }),
    look: async (picture, { compare = false, except } = {}) => {
      const people = compare ? (await store.people()).filter(({ id }) => id !== except) : [];
      return lookAt(picture, { vision, people, calibration: limits.calibration });
    },
    change: (id, change) =>
      serially(async () => {
        const known = await store.person(id);
        if (known === null) throw unknownPerson(id);
        if (touchesValidity(change)) await assertNotSuspended(store.db, id);
        const { version: _before, ...person } = changed(known, change);
        assertValidity(person);
        return told(store.replace({ ...person, pictureNames: await pictureNamesOf(id) }));
      }),
    moveTo: (id, groups) =>
      serially(async () => {
        const known = await store.person(id);
        if (known === null) throw unknownPerson(id);
        const pictureNames = await pictureNamesOf(id);
        return told(store.replace({ ...known, groups, pictureNames }, { byMove: true }));
      }),
    setRules: (rules) =>
      serially(async () => {
        // AWS IoT carries 128 KB at most, and sealing makes it a third longer.
        assertSize(Buffer.from(JSON.stringify(rules)), 64 * 1024);
        const { version } = await addRules(store.db, rules, clock.now());
        return { version, published: await publisher.publishRules() };
      }),
    rules: () => latestRules(store.db),
    suspend: (id, by) => serially(() => told(store.suspend(id, { ...by, since: clock.now() }))),
    resume: (id) => serially(() => told(store.resume(id))),
    erase: (id) => serially(() => told(store.erase(id))),
    forgetFace: (id) => serially(() => told(store.forgetFace(id))),
    faceReceipts: (id) => faceReceipts(store, id),
    erasureReceipts: (id) => erasureReceipts(store.db, id),
    forgetEmbedder: (model) =>
      serially(() => forgetEmbedder(model, { store, publish: (record) => publisher.publish(record) })),
    people: () => store.people(),
    events: async ({ terminal, afterSeq = 0, limit = 1000 }) => {
      const rows = await store.db
        .selectFrom('events')
        .select('row')
        .where('terminal', '=', terminal)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(({ row }) => JSON.parse(row) as WireEvent);
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keys: desk,
    terminals: books,
    get publishing() {
      return elected?.seated ?? true;
    },
    get refused() {
      return collector?.refused ?? 0;
    },
    close: async () => {
      closed = true;
      clearInterval(looking);
      await collector?.close();
      await Promise.all(working);
      await desk.close();
      await publisher.close();
      await serially(async () => {});
    },
  };
}

/** AWS IoT carries 128 KB; sealing makes a record longer by seven ninths, and its header needs some room. */
const mostRecordBytes = 70 * 1024;

function assertSendable(site: string, record: GalleryRecord): void {
  assertSize(Buffer.from(JSON.stringify(recordToWire(site, record))), mostRecordBytes);
}

function exists(id: string): LimenError {
  return new LimenError('person.exists', `There is already a person with the id ${id}.`, {
    hint: 'Choose another id, erase that person first, or make new templates of the same person with --again.',
  });
}
