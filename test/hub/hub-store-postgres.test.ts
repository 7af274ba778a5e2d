import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { issueCertificate, makeAuthority } from '../../src/hub/certificates.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { seatOf } from '../../src/hub/open-seat.ts';
import type { PostgresBooks } from '../../src/hub/postgres-books.ts';
import { hubEventsContract } from '../contract/hub-events.ts';
import { hubFacelessContract } from '../contract/hub-faceless.ts';
import { hubPeopleContract } from '../contract/hub-people.ts';
import { hubStoreContract } from '../contract/hub-store.ts';
import { seatContract } from '../contract/seat.ts';
import { postgresFor } from '../support/postgres.ts';
import { freePort, somebody, until } from '../support/sync.ts';

const serverOf = postgresFor(test);
/** One that a test may set otherwise, without the others noticing. */
const otherServerOf = postgresFor(test);

const opened = async (t: ExecutionContext, books: PostgresBooks) => {
  const store = await openHubStore(books);
  t.teardown(() => store.close());
  return store;
};

const postgres = {
  name: 'PostgreSQL',
  open: async (t: ExecutionContext) => {
    const books = await (await serverOf(t))?.database();
    if (books === undefined) return null;
    return { ...(await opened(t, books)), another: () => opened(t, books) };
  },
};
hubStoreContract(test, postgres);
hubEventsContract(test, postgres);
hubPeopleContract(test, postgres);
hubFacelessContract(test, postgres);
seatContract(test, {
  name: 'PostgreSQL',
  books: async (t) => (await (await serverOf(t))?.database()) ?? null,
});

test('a seat is lost with its connection, before another can have it', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const books = await server.database();
  const seating = await (await seatOf(books, 'publisher')).take();
  const lost = new Promise((resolve) => seating?.lost.addEventListener('abort', resolve));
  const name = new URL(books.url).pathname.slice(1);
  await server.query(
    'postgres',
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'limen-hub publisher' and datname = '${name}'`,
  );
  await lost;
  await seating?.release();
  t.pass();
});

test('a server with a certificate of its own: encrypted, and nobody else is talked to', async (t) => {
  const server = await otherServerOf(t);
  if (server === null) return;
  const now = new Date();
  const [ours, theirs] = await Promise.all(['ours', 'theirs'].map((site) => makeAuthority(site, { now, days: 10 })));
  await server.useCertificate(await issueCertificate(ours!, { name: 'database', hosts: ['127.0.0.1'], now, days: 10 }));
  const plain = await server.database();
  const secured = { ...plain, url: plain.url.replace('sslmode=disable', 'sslmode=verify-full') };
  const name = new URL(plain.url).pathname.slice(1);

  const store = await opened(t, { ...secured, ca: ours!.cert });
  await store.add({ ...somebody('ada'), pictureNames: ['ada.jpg'] });
  t.deepEqual(
    (await store.people()).map(({ id }) => id),
    ['ada'],
  );
  const lines = await server.query(
    'postgres',
    `select ssl, version from pg_stat_ssl join pg_stat_activity using (pid)
      where application_name like 'limen-hub%' and datname = '${name}'`,
  );
  t.true(lines.length > 0 && lines.every(({ ssl }) => ssl === true), JSON.stringify(lines));

  for (const ca of [theirs!.cert, undefined]) {
    const error = await t.throwsAsync(openHubStore({ ...secured, ca }), { instanceOf: LimenError });
    t.regex(error?.message ?? '', /certificate/);
  }
  await server.useCertificate(
    await issueCertificate(ours!, { name: 'database', hosts: ['db.example'], now, days: 10 }),
  );
  const elsewhere = await t.throwsAsync(openHubStore({ ...secured, ca: ours!.cert }), { instanceOf: LimenError });
  t.regex(elsewhere?.message ?? '', /certificate|altnames/);
});

test('who is turned away is told by whom and why, without the password', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const wrong = server.books('postgres', { password: 'wrong-word' });
  const refusal = await t.throwsAsync(openHubStore(wrong), { code: 'store.refused' });
  t.regex(String(refusal?.message), /127\.0\.0\.1:\d+\/postgres turns the hub away: password authentication failed/);
  t.false(String(refusal?.message).includes('wrong-word'));
  await t.throwsAsync(openHubStore(server.books('no_such_database')), { code: 'store.refused' });
  const nobody = { driver: 'postgres', url: `postgres://limen@127.0.0.1:${await freePort()}/x` } as const;
  await t.throwsAsync(openHubStore(nobody), { code: 'store.lost', message: /ECONNREFUSED/ });
  const encrypted = { ...wrong, url: wrong.url.replace('disable', 'verify-full') };
  await t.throwsAsync(openHubStore(encrypted), { code: 'store.lost', message: /SSL/ });
});

test('a server is reached through its socket, too', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const { password, url } = await server.database();
  const { pathname, port } = new URL(url);
  const socket = `postgres://${pathname}?host=${encodeURIComponent(server.folder)}&port=${port}&user=limen`;
  const store = await opened(t, { driver: 'postgres', url: socket, password });
  t.is((await store.state()).version, 0);
});

test('a server that confirms before it has written is told not to', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const books = await server.database();
  const name = new URL(books.url).pathname.slice(1);
  const confirming = async () => {
    const store = await openHubStore(books);
    const { sql } = await import('kysely');
    const { rows } = await sql<{ value: string }>`select current_setting('synchronous_commit') as value`.execute(
      store.db,
    );
    await store.close();
    return rows[0]?.value;
  };
  await server.query('postgres', `alter database ${name} set synchronous_commit = off`);
  t.is(await confirming(), 'on');
  await server.query('postgres', `alter database ${name} set synchronous_commit = remote_apply`);
  t.is(await confirming(), 'remote_apply');
});

test('connections that are cut are replaced, and what ran on them fails by name', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const books = await server.database();
  const store = await opened(t, books);
  await store.add(somebody('ada'));
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'limen-hub'
    and datname = '${new URL(books.url).pathname.slice(1)}'`;
  const failing = store.db.transaction().execute(async (tx) => {
    await tx.updateTable('people').set({ name: 'spoilt' }).execute();
    await server.query('postgres', cut);
    await tx.updateTable('people').set({ name: 'spoilt twice' }).execute();
  });
  await t.throwsAsync(failing, { code: 'store.lost' });
  await until(() =>
    store.add(somebody('bob')).then(
      () => true,
      () => false,
    ),
  );
  t.deepEqual(
    (await store.people()).map(({ name }) => name),
    ['Person ada', 'Person bob'],
  );
});
