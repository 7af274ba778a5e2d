import test from 'ava';
import { hashPin } from '../../src/access/pin.ts';
import { dossierOf } from '../../src/hub/person-dossier.ts';
import { statementBook } from '../../src/hub/statement-book.ts';
import { somebody } from '../support/sync.ts';
import { startConsole } from './support/console.ts';
import { march } from './support/march.ts';

test('what there is about somebody is given to an administrator as a file, and written down', async (t) => {
  const console = await startConsole(t);
  const { server, as, desk, hub } = console;
  await march(console, { withPictures: false });
  const ask = (person: string, role: 'administrator' | 'operator' | 'auditor' = 'administrator') =>
    server.inject({ url: `/api/people/${person}/file`, headers: as[role] });
  for (const role of ['operator', 'auditor'] as const) t.is((await ask('p01', role)).statusCode, 403);
  t.deepEqual(await desk.audit.entries(), []);

  const file = await ask('p01');
  t.is(file.statusCode, 200, file.body);
  t.is(file.headers['content-disposition'], 'attachment; filename="p01.json"');
  const statements = statementBook({ db: hub.store.db, keys: desk.keyring, clock: desk.clock });
  const same = await dossierOf('p01', { store: hub.store, statements, site: 'plant', clock: desk.clock });
  t.deepEqual({ ...file.json(), madeAt: '' }, { ...JSON.parse(JSON.stringify(same)), madeAt: '' });
  t.is(file.json().person.name, 'Ada Lovelace');
  t.is(file.json().events.length, 12);
  const [entry] = await desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'administrator', action: 'person.exported', target: 'p01' });
});

test('a file holds nothing that opens a door, and is there for who was erased; of nobody there is none', async (t) => {
  const { server, as, desk, hub } = await startConsole(t);
  const ask = (person: string) => server.inject({ url: `/api/people/${person}/file`, headers: as.administrator });
  const pinHash = await hashPin('2580');
  await hub.store.add({ ...somebody('ada'), pinHash });
  const { body } = await ask('ada');
  t.false(body.includes(pinHash));
  t.false(body.includes(Buffer.from(somebody('ada').templates[0]!.data).toString('base64')));
  await hub.store.erase('ada');
  t.is((await ask('ada')).json().person, null);
  const before = await desk.audit.entries();
  const nobody = await ask('bob');
  t.is(nobody.json().code, 'usage.invalid', nobody.body);
  t.deepEqual(await desk.audit.entries(), before, 'nothing was given');
});
