import type { Kysely, Transaction } from 'kysely';
import { ulid } from 'ulid';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { bucketName, bucketOf, type RecordStamp } from '../sync/digest.ts';
import type { GalleryRecord } from '../sync/messages.ts';
import { clearAway } from './clear-away.ts';
import { credentialsOf, deleteCredentials, writeCredentials } from './credentials.ts';
import { type Books, openDatabase } from './database.ts';
import { noteGroups } from './group-history.ts';
import type { HubTables } from './hub-schema.ts';
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

/** The people of a hub. Every change is one transaction and one new gallery version. */
export interface HubStore {
  readonly db: Kysely<HubTables>;
  state(): Promise<HubState>;
  people(): Promise<Person[]>;
  person(id: string): Promise<Person | null>;
  /** @throws LimenError `person.exists`. */
  add(person: NewPerson): Promise<GalleryRecord>;
  /** Somebody who is enrolled, from other pictures or by another embedder. @throws LimenError `person.unknown`. */
  replace(person: NewPerson): Promise<GalleryRecord>;
  /** Forget name, groups, templates, PINs and cards; only the id stays, as a tombstone. @throws LimenError `person.unknown`. */
  erase(id: string): Promise<GalleryRecord>;
  /** Everything that is published, the erased included; of some buckets when they are named. */
  records(buckets?: readonly string[]): Promise<GalleryRecord[]>;
  /** What changed after a version, or everything: who changes gets a version above all others. */
  stamps(after?: number): Promise<RecordStamp[]>;
  /** Person id -> what the picture of each template is called; people enrolled without such names are not in it. */
  pictureNames(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The embedders that the stored templates come from. */
  models(): Promise<string[]>;
  /** Those of them by which everybody can be known. */
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
  return {
    db,
    state: async () => ({ lineage, version: Number(await metaOf(db, 'version')) }),
    people: async () => (await recordsOf(db, lineage)).flatMap((record) => ('person' in record ? [record.person] : [])),
    person: async (id) => {
      const [record] = await recordsOf(db, lineage, { id });
      return record?.kind === 'person' ? record.person : null;
    },
    add: ({ pictureNames = [], ...person }) =>
      change(db, now, (tx, version) => addPerson(tx, { person: { ...person, version }, pictureNames, lineage })),
    replace: ({ pictureNames = [], ...person }) =>
      change(db, now, (tx, version) => replacePerson(tx, { person: { ...person, version }, pictureNames, lineage })),
    erase: async (id) => {
      const record = await change(db, now, (tx, version) => erasePerson(tx, id, version, lineage));
      await clearAway(db);
      return record;
    },
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
      const people = db
        .selectFrom('people')
        .select(({ fn }) => fn.countAll().as('all'))
        .where('erased', '=', 0);
      const { all } = await people.executeTakeFirstOrThrow();
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

/** One change of the gallery: everything in it, the new version included, is written together or not at all. */
function change(
  db: Kysely<HubTables>,
  now: () => Date,
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
    const record = await apply(tx, version);
    await noteGroups(tx, record, now());
    return record;
  });
}

interface Addition {
  readonly person: Person;
  readonly pictureNames: readonly string[];
  readonly lineage: string;
}

async function addPerson(
  tx: Transaction<HubTables>,
  { person, pictureNames, lineage }: Addition,
): Promise<GalleryRecord> {
  const { id, name, version, validFrom, validUntil } = person;
  const taken = await tx.selectFrom('people').select('erased').where('id', '=', id).executeTakeFirst();
  if (taken !== undefined) {
    throw new LimenError('person.exists', `There ${taken.erased ? 'was' : 'is'} already a person with the id ${id}.`, {
      hint: taken.erased
        ? 'Ids are never used twice: choose another.'
        : 'Choose another id, or erase that person first.',
    });
  }
  const bucket = bucketName(bucketOf(id));
  const groups = JSON.stringify(person.groups);
  await tx
    .insertInto('people')
    .values({ id, name, groups, valid_from: validFrom, valid_until: validUntil, version, bucket, erased: 0 })
    .execute();
  await writeCredentials(tx, person);
  await insertTemplates(tx, { person, pictureNames });
  return { kind: 'person', lineage, id, version, person };
}

async function replacePerson(
  tx: Transaction<HubTables>,
  { person, pictureNames, lineage }: Addition,
): Promise<GalleryRecord> {
  const { id, name, version, validFrom, validUntil } = person;
  const { numUpdatedRows } = await tx
    .updateTable('people')
    .set({ name, groups: JSON.stringify(person.groups), valid_from: validFrom, valid_until: validUntil, version })
    .where('id', '=', id)
    .where('erased', '=', 0)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw unknown(id);
  await deleteTemplates(tx, id);
  await writeCredentials(tx, person);
  await insertTemplates(tx, { person, pictureNames });
  return { kind: 'person', lineage, id, version, person };
}

async function insertTemplates(
  tx: Transaction<HubTables>,
  { person: { id, templates }, pictureNames }: Omit<Addition, 'lineage'>,
): Promise<void> {
  const rows = templates.map(({ model, scale, data }, position) => ({
    person_id: id,
    position,
    model,
    scale,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  await tx.insertInto('templates').values(rows).execute();
  const names = pictureNames.map((picture, position) => ({ person_id: id, position, name: picture }));
  if (names.length > 0) await tx.insertInto('template_pictures').values(names).execute();
}

async function deleteTemplates(tx: Transaction<HubTables>, id: string): Promise<void> {
  await tx.deleteFrom('template_pictures').where('person_id', '=', id).execute();
  await tx.deleteFrom('templates').where('person_id', '=', id).execute();
}

function unknown(id: string): LimenError {
  return new LimenError('person.unknown', `Nobody with the id ${id} is enrolled.`, {
    hint: 'List people with `limen gallery show --config hub.yaml`.',
  });
}

async function erasePerson(
  tx: Transaction<HubTables>,
  id: string,
  version: number,
  lineage: string,
): Promise<GalleryRecord> {
  const blank = { name: '', groups: '[]', valid_from: null, valid_until: null, version, erased: 1 };
  const { numUpdatedRows } = await tx
    .updateTable('people')
    .set(blank)
    .where('id', '=', id)
    .where('erased', '=', 0)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw unknown(id);
  await deleteTemplates(tx, id);
  await deleteCredentials(tx, id);
  return { kind: 'erased', lineage, id, version };
}

async function recordsOf(
  db: Kysely<HubTables>,
  lineage: string,
  which: { readonly id?: string; readonly buckets?: readonly string[] } = {},
): Promise<GalleryRecord[]> {
  const chosen = db
    .selectFrom('people')
    .$if(which.id !== undefined, (query) => query.where('people.id', '=', which.id as string))
    .$if(which.buckets !== undefined, (query) => query.where('people.bucket', 'in', which.buckets as string[]));
  const rows = await chosen.selectAll('people').orderBy('people.id').execute();
  const templates = await chosen
    .innerJoin('templates', 'templates.person_id', 'people.id')
    .selectAll('templates')
    .orderBy('templates.position')
    .execute();
  const byPerson = groupByPerson(templates);
  const credentials = await credentialsOf(db);
  return rows.map((row): GalleryRecord => {
    const { id, name, version } = row;
    if (row.erased) return { kind: 'erased', lineage, id, version };
    const groups: string[] = JSON.parse(row.groups);
    const own = byPerson.get(id) ?? [];
    const person = {
      id,
      name,
      version,
      groups,
      validFrom: row.valid_from,
      validUntil: row.valid_until,
      templates: own,
      ...credentials.get(id),
    };
    return { kind: 'person', lineage, id, version, person };
  });
}

function groupByPerson(rows: readonly HubTables['templates'][]): Map<string, Person['templates'][number][]> {
  const byPerson = new Map<string, Person['templates'][number][]>();
  for (const { person_id, model, scale, data } of rows) {
    const template = { model, scale, data: new Int8Array(data) };
    const own = byPerson.get(person_id);
    if (own === undefined) byPerson.set(person_id, [template]);
    else own.push(template);
  }
  return byPerson;
}
