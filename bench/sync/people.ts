import type { Kysely } from 'kysely';
import { templateFrom } from '../../src/domain/template.ts';
import type { HubTables } from '../../src/hub/hub-schema.ts';
import { bucketName, bucketOf } from '../../src/sync/digest.ts';

/** The id of the n-th person, from 1. */
export function personId(n: number): string {
  return `p${String(n).padStart(7, '0')}`;
}

/** People with three templates each, in one transaction: enrolling is not what is measured. */
export async function fill(db: Kysely<HubTables>, people: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (let first = 1; first <= people; first += 500) {
      const versions = Array.from({ length: Math.min(500, people - first + 1) }, (_, i) => first + i);
      const rows = versions.map((version) => {
        const id = personId(version);
        const more = { groups: '["staff"]', valid_from: null, valid_until: null, erased: 0 };
        return { id, name: `Person Number ${version}`, version, bucket: bucketName(bucketOf(id)), ...more };
      });
      await tx.insertInto('people').values(rows).execute();
      const templates = rows.flatMap(({ id, version }) =>
        [0, 1, 2].map((position) => templateRow(id, version, position)),
      );
      await tx.insertInto('templates').values(templates).execute();
    }
    await tx
      .updateTable('meta')
      .set({ value: String(people) })
      .where('key', '=', 'version')
      .execute();
  });
}

function templateRow(person_id: string, version: number, position: number) {
  let seed = version * 3 + position;
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648 - 0.5;
  };
  const { model, scale, data } = templateFrom('bench/1', Float32Array.from({ length: 128 }, next));
  return { person_id, position, model, scale, data: new Uint8Array(data.buffer) };
}
