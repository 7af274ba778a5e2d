import type { Kysely, Transaction } from 'kysely';
import { ulid } from 'ulid';
import type { Person } from '../domain/person.ts';
import type { RecordStamp } from '../sync/digest.ts';
import type { GalleryRecord } from '../sync/messages.ts';
import { clearAway } from './clear-away.ts';
import { type Books, openDatabase } from './database.ts';
import { type FaceErasure, faceErasuresIn } from './face-erasures.ts';
import { forgetFace } from './forget-face.ts';
import { groupsOf, noteGroups } from './group-history.ts';
import type { HubTables } from './hub-schema.ts';
import { addPerson, assertStill, erasePerson, recordsOf, replacePerson } from './people-table.ts';
import type { Saying } from './statement-book.ts';
import { resumePerson, type Suspension, suspendPerson, suspensionsIn } from './suspensions.ts';
import { takeTurn, transact } from './transact.ts';

/** Which history this hub writes, and how far it is. */
export interface HubState {
  readonly lineage: string;
  readonly version: number;
}

/** What is to be known about a person who is enrolled; the store gives the version. */
export interface NewPerson extends Omit<Person, 'version'> {
  /** What the picture of each template is called, in the order of `templates`. */
  readonly pictureNames?: readonly string[];
}

/** See {@link HubStore.replace}. */
export interface Replacing {
  readonly byMove?: boolean;
  readonly basedOn?: number | undefined;
}

/** The people of a hub. Every change is one transaction and one new gallery version. */
export interface HubStore {
  readonly db: Kysely<HubTables>;
  state(): Promise<HubState>;
  people(): Promise<Person[]>;
  person(id: string): Promise<Person | null>;
  /** @throws LimenError `person.exists`. */
  add(person: NewPerson): Promise<GalleryRecord>;
  /**
   * Somebody who is enrolled, as they are from now on; with `byMove`, in the groups that a dated move says; with `basedOn`,
   * only where that is still their version.
   *
   * @throws LimenError `person.unknown`, `person.changed`.
   */
  replace(person: NewPerson, how?: Replacing): Promise<GalleryRecord>;
  /**
   * Forget name, groups, templates, PINs and cards; only the id stays, as a tombstone, and working time under it with the
   * groups that it is counted by.
   *
   * @throws LimenError `person.unknown`.
   */
  erase(id: string): Promise<GalleryRecord>;
  /** Forget templates and names of pictures only. @throws LimenError `person.unknown`, `person.without-face`. */
  forgetFace(id: string): Promise<GalleryRecord>;
  /** Person id -> since when their face is erased; who never had one, or has one again, is not in it. */
  faceErasures(): Promise<ReadonlyMap<string, FaceErasure>>;
  /** Nobody lets this person pass from now on, until {@link resume}. @throws LimenError `person.unknown`, `person.suspended`. */
  suspend(id: string, by: Saying & { readonly since: Date }): Promise<GalleryRecord>;
  /** The validity of before is back. @throws LimenError `person.unknown`, `person.suspended` for who is not. */
  resume(id: string): Promise<GalleryRecord>;
  /** Person id -> since when they are suspended, by whom and why. */
  suspensions(): Promise<ReadonlyMap<string, Suspension>>;
  /** Everything that is published, the erased included; of some buckets when they are named. */
  records(buckets?: readonly string[]): Promise<GalleryRecord[]>;
  /** What changed after a version, or everything: who changes gets a version above all others. */
  stamps(after?: number): Promise<RecordStamp[]>;
  /** Person id -> what the picture of each template is called; people enrolled without such names are not in it. */
  pictureNames(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The embedders that the stored templates come from. */
  models(): Promise<string[]>;
  /** Those of them by which everybody can be known who has a face. */
  completeModels(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * Open the hub's books, creating them where there are none; new ones start a new lineage. A text is an SQLite file.
 * `now` dates changes of groups.
 *
 * @throws LimenError as {@link openDatabase}.
 */
export async function openHubStore(
  books: Books | string,
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): Promise<HubStore> {
  const db = await openDatabase(typeof books === 'string' ? { driver: 'sqlite', file: books } : books);
  await beginLineage(db);
  const lineage = await metaOf(db, 'lineage');
  const changing = { db, now };
  return {
    db,
    state: async () => ({ lineage, version: Number(await metaOf(db, 'version')) }),
    people: async () => (await recordsOf(db, lineage)).flatMap((record) => ('person' in record ? [record.person] : [])),
    person: async (id) => {
      const [record] = await recordsOf(db, lineage, { id });
      return record?.kind === 'person' ? record.person : null;
    },
    add: ({ pictureNames = [], ...person }) =>
      change({ ...changing, id: person.id }, (tx, version) =>
        addPerson(tx, { person: { ...person, version }, pictureNames, lineage }),
      ),
    replace: ({ pictureNames = [], ...person }, { byMove = false, basedOn } = {}) =>
      change({ ...changing, id: person.id, byMove }, async (tx, version) => {
        if (basedOn !== undefined) await assertStill(tx, person.id, basedOn);
        return replacePerson(tx, { person: { ...person, version }, pictureNames, lineage });
      }),
    erase: async (id) => {
      const record = await change({ ...changing, id }, (tx, version) => erasePerson(tx, id, version, lineage));
      await clearAway(db);
      return record;
    },
    forgetFace: async (id) => {
      const at = now();
      const record = await change({ ...changing, id }, (tx, version) => forgetFace(tx, { id, version, lineage, at }));
      await clearAway(db);
      return record;
    },
    faceErasures: () => faceErasuresIn(db),
    suspend: (id, by) =>
      change({ ...changing, id }, (tx, version) => suspendPerson(tx, { id, version, lineage, ...by })),
    resume: (id) => change({ ...changing, id }, (tx, version) => resumePerson(tx, { id, version, lineage })),
    suspensions: () => suspensionsIn(db),
    records: (buckets) => recordsOf(db, lineage, buckets && { buckets }),
    stamps: async (after = 0) => {
      const rows = await db
        .selectFrom('people')
        .select(['id', 'version', 'erased'])
        .where('version', '>', after)
        .execute();
      return rows.map(({ id, version, erased }) => ({ id, version, kind: erased ? 'erased' : 'person' }));
    },
    pictureNames: () => pictureNamesOf(db),
    models: async () => {
      const rows = await db.selectFrom('templates').select('model').distinct().execute();
      return rows.map(({ model }) => model);
    },
    completeModels: async () => {
      const withFace = db.selectFrom('templates').select(({ fn }) => fn.count('person_id').distinct().as('all'));
      const { all } = await withFace.executeTakeFirstOrThrow();
      const rows = await db
        .selectFrom('templates')
        .select(({ fn }) => ['model', fn.count('person_id').distinct().as('people')])
        .groupBy('model')
        .orderBy('model')
        .execute();
      return rows.filter(({ people: known }) => Number(known) === Number(all)).map(({ model }) => model);
    },
    close: () => db.destroy(),
  };
}

async function beginLineage(db: Kysely<HubTables>): Promise<void> {
  const fresh = [
    { key: 'lineage', value: ulid() },
    { key: 'version', value: '0' },
  ] as const;
  await db
    .insertInto('meta')
    .values([...fresh])
    .onConflict((on) => on.doNothing())
    .execute();
}

async function pictureNamesOf(db: Kysely<HubTables>): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.selectFrom('template_pictures').selectAll().orderBy('position').execute();
  const names = new Map<string, string[]>();
  for (const { person_id, name } of rows) {
    const own = names.get(person_id);
    if (own === undefined) names.set(person_id, [name]);
    else own.push(name);
  }
  return names;
}

async function metaOf(db: Kysely<HubTables>, key: HubTables['meta']['key']): Promise<string> {
  return (await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirstOrThrow()).value;
}

interface Changing {
  readonly db: Kysely<HubTables>;
  readonly now: () => Date;
  /** Whom it is about. */
  readonly id: string;
  /** The groups are those of a dated move: that is what remembers them. */
  readonly byMove?: boolean;
}

/** One change of the gallery: everything in it, the new version included, is written together or not at all. */
function change(
  { db, now, id, byMove = false }: Changing,
  apply: (tx: Transaction<HubTables>, version: number) => Promise<GalleryRecord>,
): Promise<GalleryRecord> {
  return transact(db, async (tx) => {
    await takeTurn(tx);
    const version = Number(await metaOf(tx, 'version')) + 1;
    await tx
      .updateTable('meta')
      .set({ value: String(version) })
      .where('key', '=', 'version')
      .execute();
    const before = await groupsOf(tx, id);
    const record = await apply(tx, version);
    if (!byMove) await noteGroups(tx, record, { before, now: now() });
    return record;
  });
}
