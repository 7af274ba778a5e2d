import type { Rules } from '../access/rules/rules.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { assertSize } from '../sync/jose-text.ts';
import { type GalleryRecord, recordToWire } from '../sync/messages.ts';
import type { Vision } from '../vision/vision.ts';
import { assertNoChangeUnderWay, beside, forgetEmbedder } from './embedder-change.ts';
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
import type { HubStore, Replacing } from './hub-store.ts';
import { type Look, lookAt } from './look.ts';
import { assertStill, unknownPerson } from './people-table.ts';
import { changed, type PersonChange, touchesValidity } from './person-change.ts';
import { latestRules } from './rules-book.ts';
import type { Saying } from './statement-book.ts';
import { assertNotSuspended } from './suspensions.ts';

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

/** Who is enrolled at a site, and every way in which that changes. */
export interface PeopleDesk {
  /** @throws LimenError as `personFromPictures` does, `person.exists`, `template.foreign-embedder`. */
  enrol(request: EnrolRequest | CapturedRequest | FacelessRequest): Promise<Enrolled>;
  /**
   * What a picture would be good for. With `compare`, whom of the others it resembles.
   *
   * @throws LimenError `image.unreadable`, `image.too-large`.
   */
  look(picture: Pick<Picture, 'jpeg'>, how?: { readonly compare?: boolean; readonly except?: string }): Promise<Look>;
  /**
   * With `basedOn`, only where that is still their version: what somebody else changed meanwhile is not undone.
   *
   * @throws LimenError `person.unknown`, `person.changed`, `person.card-taken`, `person.suspended`, `usage.invalid`.
   */
  change(personId: string, change: PersonChange, how?: Pick<Replacing, 'basedOn'>): Promise<Changed>;
  /** Put somebody into groups because a dated move says so. @throws LimenError `person.unknown`. */
  moveTo(personId: string, groups: readonly string[]): Promise<Changed>;
  /** Nobody lets them pass, until they are resumed. @throws LimenError `person.unknown`, `person.suspended`. */
  suspend(personId: string, by: Saying): Promise<Changed>;
  /** @throws LimenError `person.unknown`, `person.suspended` for somebody who is not. */
  resume(personId: string): Promise<Changed>;
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
}

/** What a {@link PeopleDesk} works with. */
export interface PeopleDeskOptions {
  readonly site: string;
  readonly store: HubStore;
  readonly vision: Vision;
  readonly clock: Clock;
  readonly limits: EnrolLimits;
  /** One change of the hub after the other. */
  readonly serially: <T>(work: () => Promise<T>) => Promise<T>;
  /** `false` when the broker does not have it yet. */
  readonly publish: (record: GalleryRecord) => Promise<boolean>;
}

/** Make a {@link PeopleDesk}: every change is in the books first, and published then. */
export function peopleDesk(options: PeopleDeskOptions): PeopleDesk {
  const { site, store, vision, clock, limits, serially, publish } = options;
  const pictureNamesOf = async (id: string) => (await store.pictureNames()).get(id) ?? [];
  const told = async (written: Promise<GalleryRecord>): Promise<Changed> => {
    const record = await written;
    return { id: record.id, version: record.version, published: await publish(record) };
  };

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
        return { id: record.id, version: record.version, published: await publish(record), warnings };
      }),
    look: async (picture, { compare = false, except } = {}) => {
      const people = compare ? (await store.people()).filter(({ id }) => id !== except) : [];
      return lookAt(picture, { vision, people, calibration: limits.calibration });
    },
    change: (id, change, how = {}) =>
      serially(async () => {
        const known = await store.person(id);
        if (known === null) throw unknownPerson(id);
        if (how.basedOn !== undefined) await assertStill(store.db, id, how.basedOn);
        if (touchesValidity(change)) await assertNotSuspended(store.db, id);
        const { version: _before, ...person } = changed(known, change);
        assertValidity(person);
        return told(store.replace({ ...person, pictureNames: await pictureNamesOf(id) }, how));
      }),
    moveTo: (id, groups) =>
      serially(async () => {
        const known = await store.person(id);
        if (known === null) throw unknownPerson(id);
        const pictureNames = await pictureNamesOf(id);
        return told(store.replace({ ...known, groups, pictureNames }, { byMove: true }));
      }),
    suspend: (id, by) => serially(() => told(store.suspend(id, { ...by, since: clock.now() }))),
    resume: (id) => serially(() => told(store.resume(id))),
    erase: (id) => serially(() => told(store.erase(id))),
    forgetFace: (id) => serially(() => told(store.forgetFace(id))),
    faceReceipts: (id) => faceReceipts(store, id),
    erasureReceipts: (id) => erasureReceipts(store.db, id),
    forgetEmbedder: (model) => serially(() => forgetEmbedder(model, { store, publish })),
    people: () => store.people(),
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
