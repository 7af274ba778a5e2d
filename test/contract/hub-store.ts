import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionContext, TestFn } from 'ava';
import { type Kysely, type Migration, sql } from 'kysely';
import { LimenError } from '../../src/domain/errors.ts';
import { issueCommand } from '../../src/hub/command-book.ts';
import type { HubStore } from '../../src/hub/hub-store.ts';
import { migrate, migrationsIn } from '../../src/hub/migrate.ts';
import { migrations } from '../../src/hub/migrations/all.ts';
import { resumeHistory } from '../../src/hub/resumed-history.ts';
import { addRules, latestRules } from '../../src/hub/rules-book.ts';
import { type NewTerminal, terminalBooks } from '../../src/hub/terminal-books.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { bucketName, bucketOf } from '../../src/sync/digest.ts';
import { somebody } from '../support/sync.ts';

const provisioned = (id: string): NewTerminal => ({
  ...{ id, signing: 'a'.repeat(43), agreement: 'b'.repeat(43), provisionedAt: '2026-01-01T00:00:00Z', revokedAt: null },
  held: { sequence: 0, hub: ['c'.repeat(43)], site: ['d'.repeat(43)] },
  sealed: { sequence: 0, text: '' },
});

/** Books to be tested; closed with the test. */
export interface TestBooks extends HubStore {
  /** The same books, opened by somebody else. */
  another(): Promise<HubStore>;
}

export interface HubStoreContract {
  readonly name: string;
  /** Empty books; `null` when the test should end. */
  readonly open: (t: ExecutionContext) => Promise<TestBooks | null>;
}

/** What a hub's books promise, whatever database they are in. */
export function hubStoreContract(test: TestFn, { name, open }: HubStoreContract): void {
  const promise = (what: string, keep: (t: ExecutionContext, store: TestBooks) => Promise<void>) =>
    test(`${name}: ${what}`, async (t) => {
      const store = await open(t);
      if (store !== null) await keep(t, store);
    });

  promise('what was enrolled is there for whoever opens them next, template for template', async (t, store) => {
    const bob = { ...somebody('bob', 2), pinHash: 'scrypt$1', cards: ['4711', '4712'], extendedPulse: true };
    const odd = { ...somebody('odd', 3), name: "Zoë \u{1F600} O'Neill; drop table people", groups: ['ä', '"'] };
    await store.add(somebody('ada'));
    await store.add(bob);
    await store.add(odd);
    const again = await store.another();
    t.deepEqual(await again.state(), { ...(await store.state()), version: 3 });
    t.deepEqual(await again.people(), [somebody('ada', 1), bob, odd]);
    t.deepEqual(await again.person('bob'), bob);
    t.is(await again.person('nobody'), null);
    t.deepEqual(await again.models(), ['test/1']);
  });

  promise('people come in the order of their ids, byte by byte', async (t, store) => {
    for (const id of ['b', 'a-1', 'B', 'a_1', 'a1', '10', '9']) await store.add(somebody(id));
    const ids = (await store.records()).map(({ id }) => id);
    t.deepEqual(ids, ['10', '9', 'B', 'a-1', 'a1', 'a_1', 'b']);
  });

  promise('an erased person leaves an id and nothing else', async (t, store) => {
    await store.add({ ...somebody('ada'), cards: ['4711'], pictureNames: ['ada-1.jpg'] });
    const { lineage } = await store.state();
    t.deepEqual(await store.erase('ada'), { kind: 'erased', lineage, id: 'ada', version: 2 });
    t.deepEqual(await store.people(), []);
    t.deepEqual(await store.stamps(), [{ id: 'ada', version: 2, kind: 'erased' }]);
    for (const table of ['templates', 'template_pictures', 'credentials'] as const) {
      t.deepEqual(await store.db.selectFrom(table).selectAll().execute(), [], table);
    }
  });

  promise('a refused change uses up no version', async (t, store) => {
    await store.add({ ...somebody('ada'), cards: ['1'] });
    await t.throwsAsync(store.add(somebody('ada')), { instanceOf: LimenError, code: 'person.exists' });
    await t.throwsAsync(store.add({ ...somebody('bob'), cards: ['1'] }), { code: 'person.card-taken' });
    await t.throwsAsync(store.erase('bob'), { instanceOf: LimenError, code: 'person.unknown' });
    await store.erase('ada');
    await t.throwsAsync(store.erase('ada'), { instanceOf: LimenError, code: 'person.unknown' });
    await t.throwsAsync(store.add(somebody('ada')), { instanceOf: LimenError, code: 'person.exists' });
    t.is((await store.state()).version, 2);
  });

  promise('records can be asked for by bucket', async (t, store) => {
    for (const id of ['ada', 'bob', 'carl']) await store.add(somebody(id));
    const records = await store.records([bucketName(bucketOf('bob'))]);
    t.deepEqual(
      records.map(({ id }) => id),
      ['bob'],
    );
    t.is((await store.records()).length, 3);
  });

  promise('the names of pictures come back in the order of the templates', async (t, store) => {
    const [template] = somebody('ada').templates;
    await store.add({ ...somebody('ada'), templates: [template!, template!], pictureNames: ['2.jpg', '1.jpg'] });
    await store.add(somebody('bob'));
    t.deepEqual([...(await store.pictureNames())], [['ada', ['2.jpg', '1.jpg']]]);
  });

  promise('processes that change the gallery at once get versions of their own, without a hole', async (t, store) => {
    const others = [store, await store.another(), await store.another()];
    const seen: number[] = [];
    let done = false;
    // Nobody who looks meanwhile sees a version before everything that belongs to it.
    const looking = (async () => {
      while (!done) {
        const { version } = await store.state();
        t.true((await store.stamps()).length >= version);
        seen.push(version);
        await wait(1);
      }
    })();
    const records = await Promise.all(Array.from({ length: 30 }, (_, i) => others[i % 3]!.add(somebody(`p${i}`))));
    done = true;
    await looking;
    t.deepEqual(
      records.map(({ version }) => version).sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    t.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    t.is((await store.state()).version, 30);
  });

  promise('of two who enrol one id or give one card at the same time, one is refused', async (t, store) => {
    const other = await store.another();
    const ids = await Promise.allSettled([store.add(somebody('ada')), other.add(somebody('ada'))]);
    t.deepEqual(ids.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const holder = (id: string) => ({ ...somebody(id), cards: ['4711'] });
    const cards = await Promise.allSettled([store.add(holder('bob')), other.add(holder('carl'))]);
    const refused = [...ids, ...cards].flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    t.deepEqual(refused, ['person.exists', 'person.card-taken']);
    t.is((await store.state()).version, 2);
  });

  promise('processes that change the terminals at once make a version of the roster each', async (t, store) => {
    const [first, second] = [terminalBooks(store.db), terminalBooks((await store.another()).db)];
    const names = Array.from({ length: 15 }, (_, i) => `door-${i}`);
    for (const name of names) await first.add(provisioned(name));
    await Promise.all(
      names.flatMap((name) => [first.revoke(name, new Date(0)), second.add(provisioned(`new-${name}`))]),
    );
    t.is(await second.rosterVersion(), 3 * names.length);
    const { terminals } = await second.roster('plant', new Date(0));
    t.is(Object.values(terminals).filter(({ revoked }) => revoked).length, names.length);
  });

  promise('rules and commands of several processes are numbered one after the other', async (t, store) => {
    const other = await store.another();
    const dbs = [store.db, other.db];
    t.is(await latestRules(store.db), null);
    const rules = await Promise.all(Array.from({ length: 10 }, (_, i) => addRules(dbs[i % 2]!, { i }, new Date(0))));
    t.deepEqual(
      rules.map(({ version }) => version).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    t.is((await latestRules(other.db))?.version, 10);
    const order = { site: 's', audience: '*', verb: 'lock', reason: null, issuer: 'root', challenge: null } as const;
    const issue = (i: number) => issueCommand({ db: dbs[i % 2]!, clock: systemClock, lifetimeMs: 1000 }, order);
    const commands = await Promise.all(Array.from({ length: 10 }, (_, i) => issue(i)));
    t.is(new Set(commands.map(({ id }) => id.slice(0, 10))).size, 10);
    t.is((await store.db.selectFrom('commands').selectAll().execute()).length, 10);
  });

  promise(
    'a migration that fails halfway leaves nothing of itself, and the next start does it again',
    async (t, store) => {
      await store.add(somebody('ada'));
      const before = await store.records();
      const names = Object.keys(migrations);
      const half: Migration = {
        up: async (db: Kysely<unknown>) => {
          await db.schema.createTable('halves').addColumn('id', 'integer').execute();
          await sql`update people set name = 'spoilt'`.execute(db);
          await sql`insert into no_such_table values (1)`.execute(db);
        },
      };
      const making = (table: string): Migration => ({
        up: (db) => db.schema.createTable(table).addColumn('id', 'integer').execute(),
      });
      const failing = { ...migrations, '900-whole': making('wholes'), '901-half': half };
      await t.throwsAsync(migrate(store.db, failing), { message: /no_such_table/ });
      const tables = (await store.db.introspection.getTables()).map((table) => table.name);
      t.false(tables.includes('halves'));
      t.false(tables.includes('wholes'), 'those before it are undone with it');
      t.deepEqual(await store.records(), before);
      t.deepEqual(await migrationsIn(store.db), names);
      await migrate(store.db, { ...migrations, '901-half': making('halves') });
      t.deepEqual(await migrationsIn(store.db), [...names, '901-half']);
      await t.throwsAsync(store.another(), { code: 'file.newer-version' }, 'it is unknown to what ships');
    },
  );

  promise('a history that is taken up again has everything in its order, above what was reached', async (t, store) => {
    for (const id of ['ada', 'bob', 'eve', 'carl']) await store.add(somebody(id));
    await store.erase('bob');
    await store.forgetFace('eve');
    await store.replace(somebody('ada'));
    await addRules(store.db, { doors: [] }, new Date(0));
    const before = await store.records();
    const { gallery, records, ...rest } = await resumeHistory(
      store.db,
      { gallery: 90, rules: 5, roster: 7 },
      new Date(1),
    );
    const byVersion = (those: typeof before) => [...those].sort((a, b) => a.version - b.version).map(({ id }) => id);
    const after = await store.records();
    t.deepEqual(byVersion(after), byVersion(before));
    t.true(after.every(({ version }) => version > 90));
    t.is(records, 4);
    t.is((await store.state()).version, gallery);
    t.is(Math.max(...after.map(({ version }) => version)), gallery);
    t.is((await store.faceErasures()).get('eve')?.version, after.find(({ id }) => id === 'eve')?.version);
    t.is((await store.add(somebody('zoe'))).version, gallery + 1);
    const rules = await latestRules(store.db);
    t.deepEqual(rules, { version: rest.rules, setAt: new Date(1).toISOString(), rules: { doors: [] } });
    t.true(rest.rules > 5 && rest.roster > 7);
    t.is(await terminalBooks(store.db).rosterVersion(), rest.roster);
    const again = await resumeHistory(store.db, { gallery: 0, rules: 0, roster: 0 }, new Date(2));
    t.true((await store.records()).every(({ version }) => version > gallery && version <= again.gallery));
  });

  promise('books of a newer limen are refused by name, and nothing is touched', async (t, store) => {
    await store.add(somebody('ada'));
    await sql`insert into kysely_migration (name, timestamp) values ('999-from-the-future', '2099')`.execute(store.db);
    const refusal = await t.throwsAsync<LimenError>(store.another(), { code: 'file.newer-version' });
    t.regex(String(refusal?.hint), /999-from-the-future/);
    t.deepEqual(await migrationsIn(store.db), [...Object.keys(migrations), '999-from-the-future']);
    t.is((await store.people()).length, 1);
  });
}
