import test from 'ava';
import { watchEvents } from '../../src/console/event-watch.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { somebody } from '../support/sync.ts';
import { until } from '../support/wait.ts';
import { startConsole } from './support/console.ts';
import { listen } from './support/live.ts';

/** Events of one terminal, to be put into books by whoever has them. */
function happening(terminal: string) {
  const journal = memoryJournal(terminal);
  return (many = 1) =>
    Array.from({ length: many }, (_, byMs) => journal.append({ kind: 'clock.stepped', body: { byMs } })) as never[];
}

test('what comes into the books is told to whoever watches, whoever put it there, once and in its order', async (t) => {
  const { server, hub, as } = await startConsole(t);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const [front, back] = [happening('front'), happening('back')];
  // Not through the hub of this console, but as another process does it.
  const store = (events: never[]) => storeEvents(hub.store.db, events, new Date());
  await store(front(3));
  const one = await listen(t, url, as.auditor.cookie);
  const two = await listen(t, url, as.operator.cookie);
  // How far the books are is looked up while somebody joins.
  let n = 3;
  await until(async () => {
    await store(front());
    n++;
    return one.events().length > 0;
  });
  await store(back(2));
  const [second, third] = [front(), front()];
  await store(third);
  await store(second);
  await until(() =>
    [one, two].every((each) => each.events().includes(`front/${n + 2}`) && each.events().includes('back/2')),
  );
  for (const each of [one, two]) {
    const events = each.events();
    t.is(new Set(events).size, events.length);
    t.false(events.includes('front/1'), 'what was there before is in the books');
    const ofFront = events.filter((event) => event.startsWith('front')).map((event) => Number(event.split('/')[1]));
    t.deepEqual(
      ofFront,
      ofFront.toSorted((a, b) => a - b),
    );
  }
});

test('while nobody watches, nobody asks the books', async (t) => {
  const { hub } = await startConsole(t);
  let asked = 0;
  const db = new Proxy(hub.store.db, {
    get: (target, name) => {
      if (name === 'selectFrom') asked++;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const told: number[] = [];
  const watch = watchEvents({ db, tell: ({ event }) => told.push(event.seq) });
  const front = happening('front');
  const store = () => storeEvents(hub.store.db, front(), new Date());
  await store();
  watch.watched(false);
  t.is(asked, 0);
  watch.watched(true);
  watch.watched(true);
  await until(() => asked > 0);
  await until(async () => {
    await store();
    return told.length > 0;
  });
  t.is(new Set(told).size, told.length);
  watch.watched(false);
  await watch.close();
  const askedThen = asked;
  await store();
  t.is(asked, askedThen);
});

test('a database that goes away is asked again, and what came meanwhile is told', async (t) => {
  const { hub } = await startConsole(t);
  let away = false;
  const db = new Proxy(hub.store.db, {
    get: (target, name) => {
      if (away && name === 'selectFrom') throw new Error('the connection was lost');
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const told: number[] = [];
  const watch = watchEvents({ db, tell: ({ event }) => told.push(event.seq), retryMs: 10 });
  t.teardown(() => watch.close());
  const front = happening('front');
  const store = () => storeEvents(hub.store.db, front(), new Date());
  watch.watched(true);
  await until(async () => {
    await store();
    return told.length > 0;
  });
  const last = told.at(-1)!;
  away = true;
  await store();
  await store();
  away = false;
  await until(() => told.includes(last + 2));
  t.is(new Set(told).size, told.length);
});

test('whom an event names is told by the name as the list has it, and by none once they are erased', async (t) => {
  const { server, hub, as } = await startConsole(t);
  await hub.store.add({ ...somebody('ada'), name: 'Ada Lovelace' });
  await hub.store.add(somebody('bob'));
  await hub.store.erase('bob');
  const listener = await listen(t, await server.listen({ host: '127.0.0.1', port: 0 }), as.auditor.cookie);
  const journal = memoryJournal('front');
  const namesTold = new Map<string, object>();
  const happens = async (personId: string) => {
    const event = journal.append({ kind: 'access.reset', body: { what: 'anti-passback', personId, cause: 'command' } });
    await storeEvents(hub.store.db, [event] as never[], new Date());
    for (const message of listener.told)
      if (message.type === 'event') namesTold.set(String(message.event.body.personId), message.names);
  };
  await until(async () => {
    await happens('ada');
    await happens('bob');
    return namesTold.size === 2;
  });
  t.deepEqual(Object.fromEntries(namesTold), { ada: { ada: 'Ada Lovelace' }, bob: {} });
  const listed = (await server.inject({ url: '/api/events?limit=2', headers: as.auditor })).json();
  t.deepEqual(listed.names, { ada: 'Ada Lovelace' });
});
