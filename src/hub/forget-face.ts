import type { Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import { hasFace } from '../domain/person.ts';
import type { GalleryRecord } from '../sync/messages.ts';
import { noteFaceErasure } from './face-erasures.ts';
import type { HubTables } from './hub-schema.ts';
import { deleteTemplates, recordsOf, unknownPerson } from './people-table.ts';

/**
 * Take somebody's templates, and the names of their pictures; all else about them stays.
 *
 * @throws LimenError `person.unknown`, `person.without-face`.
 */
export async function forgetFace(
  tx: Transaction<HubTables>,
  { id, version, lineage, at }: { readonly id: string; readonly version: number; lineage: string; readonly at: Date },
): Promise<GalleryRecord> {
  const [known] = await recordsOf(tx, lineage, { id });
  if (known?.kind !== 'person') throw unknownPerson(id);
  if (!hasFace(known.person)) throw withoutFace(id);
  await deleteTemplates(tx, id);
  await tx.updateTable('people').set({ version }).where('id', '=', id).execute();
  await noteFaceErasure(tx, id, { version, erasedAt: at.toISOString() });
  return { kind: 'person', lineage, id, version, person: { ...known.person, version, templates: [] } };
}

function withoutFace(id: string): LimenError {
  return new LimenError('person.without-face', `${id} is enrolled without a face: there is none to forget.`, {
    hint: 'To forget them altogether: limen people erase ID --config hub.yaml',
  });
}
