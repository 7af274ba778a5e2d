import test from 'ava';
import { startConsole, type TestConsole } from './support/console.ts';

const url = '/api/people/1001';

/** A console, and Ann, who is in two groups; what an operator asks about her. */
async function withAnn(t: import('ava').ExecutionContext) {
  const console: TestConsole = await startConsole(t);
  const { server, as } = console;
  const asked = async (method: 'GET' | 'POST' | 'PATCH' | 'PUT', at: string, payload?: object) =>
    server.inject({ method, url: at, headers: as.operator, ...(payload && { payload }) });
  const ann = { id: '1001', name: 'Ann', withoutFace: true, cards: ['4711'], groups: ['staff', 'lab'] };
  t.is((await asked('POST', '/api/people', ann)).statusCode, 200);
  return { ...console, asked, now: async () => (await asked('GET', url)).json() };
}

test('a change of somebody whom another has changed meanwhile is refused, and gives nothing back', async (t) => {
  const { asked, now, desk } = await withAnn(t);
  const seen = await now();
  const taken = await asked('PATCH', url, { groups: ['staff'], validUntil: '2020-01-01T00:00:00.000Z' });
  t.is(taken.statusCode, 200);
  const late = await asked('PATCH', url, { name: 'Anne', groups: seen.groups, basedOn: seen.version });
  t.is(late.statusCode, 409);
  t.is(late.json().code, 'person.changed');
  const { name, groups, version } = await now();
  t.deepEqual({ name, groups }, { name: 'Ann', groups: ['staff'] });
  t.is((await asked('PATCH', url, { name: 'Anne', basedOn: version })).statusCode, 200);
  t.like(await now(), { name: 'Anne', groups: ['staff'], validUntil: '2020-01-01T00:00:00.000Z' });
  t.is((await asked('PATCH', url, { name: 'Ann' })).statusCode, 200, 'a program may go without');
  const [newest] = await desk.audit.entries();
  t.deepEqual(newest?.detail, { changed: ['name'] });
});

test('the version is looked at within the change itself: another process of the hub may be the faster one', async (t) => {
  const { hub, now } = await withAnn(t);
  const { version } = await now();
  const { version: _, ...ann } = (await hub.store.person('1001'))!;
  await hub.store.replace({ ...ann, groups: ['staff'] }, { basedOn: version });
  await t.throwsAsync(hub.store.replace({ ...ann, name: 'Anne' }, { basedOn: version }), { code: 'person.changed' });
  t.like(await now(), { name: 'Ann', groups: ['staff'] });
});

test('somebody who was suspended while a form was open: the form is told that first', async (t) => {
  const { asked, now } = await withAnn(t);
  const { version } = await now();
  await asked('PUT', `${url}/suspension`, { reason: 'card stolen' });
  const late = await asked('PATCH', url, { validUntil: null, basedOn: version });
  t.is(late.json().code, 'person.changed');
  const { version: after } = await now();
  t.is((await asked('PATCH', url, { cards: ['9999'], basedOn: after })).statusCode, 200);
});
