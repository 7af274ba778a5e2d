import type { Kysely, Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import { hasFace, type Person } from '../domain/person.ts';
import { bucketName, bucketOf } from '../sync/digest.ts';
import type { GalleryRecord } from '../sync/messages.ts';
import { credentialsIn, deleteCredentials, writeCredentials } from './credentials.ts';
import { forgetFaceErasure } from './face-erasures.ts';
import type { HubTables } from './hub-schema.ts';

/** Somebody as they are to be written down. */
export interface Addition {
  readonly person: Person;
  readonly pictureNames: readonly string[];
  readonly lineage: string;
}

/** Somebody new. @throws LimenError `person.exists`, also for an id that was erased, and `person.card-taken`. */
export async function addPerson(
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

/** Somebody who is there, as they are from now on. @throws LimenError `person.unknown`, `person.card-taken`. */
export async function replacePerson(
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
  if (numUpdatedRows === 0n) throw unknownPerson(id);
  await deleteTemplates(tx, id);
  if (hasFace(person)) await forgetFaceErasure(tx, id);
  await writeCredentials(tx, person);
  await insertTemplates(tx, { person, pictureNames });
  return { kind: 'person', lineage, id, version, person };
}

/** Nobody has changed them since that version. @throws LimenError `person.changed`. */
export async function assertStill(db: Kysely<HubTables>, id: string, basedOn: number): Promise<void> {
  const people = db.selectFrom('people').select('version').where('id', '=', id).where('erased', '=', 0);
  const row = await people.executeTakeFirst();
  if (row === undefined || row.version === basedOn) return;
  throw new LimenError('person.changed', `Somebody has changed ${id} meanwhile.`, {
    hint: 'Look at them as they are now, and change them then.',
  });
}

async function insertTemplates(
  tx: Transaction<HubTables>,
  { person: { id, templates }, pictureNames }: Omit<Addition, 'lineage'>,
): Promise<void> {
  if (templates.length === 0) return;
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

/** Leave no template of somebody, nor the name of a picture. */
export async function deleteTemplates(tx: Transaction<HubTables>, id: string): Promise<void> {
  await tx.deleteFrom('template_pictures').where('person_id', '=', id).execute();
  await tx.deleteFrom('templates').where('person_id', '=', id).execute();
}

/** For whoever asks for somebody who is not enrolled. */
export function unknownPerson(id: string): LimenError {
  return new LimenError('person.unknown', `Nobody with the id ${id} is enrolled.`, {
    hint: 'List people with `limen people list --config hub.yaml`.',
  });
}

/** Leave the id, and nothing else. @throws LimenError `person.unknown`. */
export async function erasePerson(
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
  if (numUpdatedRows === 0n) throw unknownPerson(id);
  await deleteTemplates(tx, id);
  await forgetFaceErasure(tx, id);
  await deleteCredentials(tx, id);
  await tx.deleteFrom('suspensions').where('person_id', '=', id).execute();
  return { kind: 'erased', lineage, id, version };
}

/** People as they are published, the erased included; of one id or of some buckets where those are named. */
export async function recordsOf(
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
  // Of these people only: whoever is published is read alone, and a site may have a hundred thousand.
  const held = await chosen
    .innerJoin('credentials', 'credentials.person_id', 'people.id')
    .selectAll('credentials')
    .execute();
  const credentials = credentialsIn(held);
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
