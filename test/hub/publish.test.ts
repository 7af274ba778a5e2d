import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openElectedPublisher } from '../../src/hub/elected-publisher.ts';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { storeLost } from '../../src/hub/postgres-failure.ts';
import { openPublisher } from '../../src/hub/publish.ts';
import { sqliteSeat } from '../../src/hub/sqlite-seat.ts';
import { stampBook } from '../../src/hub/stamp-book.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { systemTimers } from '../../src/runtime/timers.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import type { Delivery, Link } from '../../src/sync/link.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { filterLevels, topicsOf } from '../../src/sync/topics.ts';
import { freshKeys } from '../support/keys.ts';
import { somebody, temporaryFolder, until } from '../support/sync.ts';

const topics = topicsOf('plant');

/** A broker inside the test, which may let a message wait, or refuse it. */
class Broker {
  readonly retained = new Map<string, string>();
  readonly #subscriptions = new Set<{ covers: (levels: string[]) => boolean; handle: (delivery: Delivery) => void }>();
  before: (topic: string) => Promise<void> | void = () => {};

  link(): Link {
    return {
      url: 'mqtt://here',
      state: { online: true },
      publish: async (topic, payload, { retain = false } = {}) => {
        await this.before(topic);
        if (retain) this.retained.set(topic, payload.toString());
        for (const one of this.#subscriptions)
          this.#deliver(one, { topic, payload: Buffer.from(payload), retained: false });
      },
      subscribe: async (filter, handle) => {
        const one = { covers: filterLevels(filter), handle };
        this.#subscriptions.add(one);
        for (const [topic, text] of this.retained)
          this.#deliver(one, { topic, payload: Buffer.from(text), retained: true });
        return () => this.#subscriptions.delete(one);
      },
      refresh: async () => {},
      onState: (listener) => listener({ online: true }),
      close: async () => {},
    };
  }

  #deliver({ covers, handle }: { covers(levels: string[]): boolean; handle(delivery: Delivery): void }, of: Delivery) {
    if (covers(of.topic.split('/'))) handle(of);
  }
}

/** A hub's books, a broker and a way to open publishers between them; what is tried again is tried soon. */
async function bench(t: ExecutionContext, { flaky = (store: HubStore) => store } = {}) {
  const keys = await freshKeys(t);
  const file = join(await temporaryFolder(t), 'hub.db');
  const store = await openHubStore(file);
  t.teardown(() => store.close());
  const broker = new Broker();
  const opening = opener('plant', keys.hub);
  const notices: string[] = [];
  const publisherOn = (link: Link) =>
    openPublisher({
      ...{ site: 'plant', link, store: flaky(store), embedder: 'test/1', settleMs: 10, clock: systemClock },
      ...{ sealer: sealer(keys.hub), opener: opening, terminals: keys.opener, freshKeys: async () => {} },
      timers: { ...systemTimers, after: (ms, run) => systemTimers.after(Math.min(ms, 20), run) },
      notify: ({ code }) => notices.push(code),
    });
  const publisher = async () => {
    const opened = await publisherOn(broker.link());
    t.teardown(() => opened.close());
    await until(() => broker.retained.has(topics.head));
    return opened;
  };
  const add = (id: string, by = store) => {
    const { version: _none, ...person } = somebody(id);
    return by.add(person);
  };
  const head = () => opening.head(Buffer.from(broker.retained.get(topics.head) ?? ''));
  const kept = async (id: string) =>
    (await opening.record(Buffer.from(broker.retained.get(topics.person(id)) ?? ''), id)).kind;
  return { keys, file, store, broker, opening, notices, publisher, publisherOn, add, head, kept };
}

test('who is erased while others are published that another process wrote does not come back', async (t) => {
  const { file, store, broker, opening, publisherOn, add, head, kept } = await bench(t);
  const other = await openHubStore(file);
  t.teardown(() => other.close());
  const elected = await openElectedPublisher({
    ...{ site: 'plant', store, opener: opening, link: broker.link(), seat: sqliteSeat(file, 'publisher') },
    ...{ openLink: () => broker.link(), openPublisher: publisherOn, notify: ({ message }) => t.log(message) },
  });
  t.teardown(() => elected.close());
  await until(() => elected.seated && broker.retained.has(topics.head));

  let goOn = () => {};
  let holding = false;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  broker.before = (topic) => {
    if (topic !== topics.person('ada')) return;
    holding = true;
    return held;
  };
  for (const id of ['ada', 'bob', 'carl']) await add(id, other);
  await until(() => holding);
  const published = elected.publish(await store.erase('carl'));
  goOn();
  t.true(await published);
  t.is(await kept('carl'), 'erased');
  // What was begun before is over when this one is there.
  await add('dora', other);
  await until(() => broker.retained.has(topics.person('dora')));
  t.is(await kept('carl'), 'erased');
  await until(async () => (await head()).version === 5);
});

test('a head never says what the broker has not: what failed goes out with the next change', async (t) => {
  const { store, broker, publisher, add, kept, head } = await bench(t);
  await add('ada');
  const hub = await publisher();
  let fails = true;
  broker.before = (topic) => {
    if (fails && topic === topics.person('ada')) throw storeLost(new Error('a moment of trouble'), 'here');
  };
  const [erased, added] = [await store.erase('ada'), await add('bob')];
  t.false(await hub.publish(erased));
  fails = false;
  t.true(await hub.publish(added));
  t.is((await head()).version, 3);
  t.is(await kept('ada'), 'erased');
});

/** Books that fail once, when they are asked for records the next time. */
const failing = (trouble: { soon: boolean }) => (store: HubStore) => ({
  ...store,
  stamps: async (after?: number) => {
    if (trouble.soon) {
      trouble.soon = false;
      throw storeLost(new Error('timeout exceeded when trying to connect'), 'postgres://db/limen');
    }
    return store.stamps(after);
  },
});

test('a change whose publishing failed once is published by itself', async (t) => {
  const trouble = { soon: false };
  const { store, publisher, add, kept, head, notices } = await bench(t, { flaky: failing(trouble) });
  await add('ada');
  const hub = await publisher();
  trouble.soon = true;
  t.false(await hub.publish(await store.erase('ada')));
  await until(async () => (await head()).version === 2);
  t.is(await kept('ada'), 'erased');
  t.deepEqual(notices, ['store.lost']);
});

test('trouble while a terminal is answered does not keep anything else from being published', async (t) => {
  const trouble = { soon: false };
  const { keys, broker, publisher, add, head, notices } = await bench(t, { flaky: failing(trouble) });
  await add('ada');
  const hub = await publisher();
  const sealing = await keys.sealer('door-1');
  const asked = await sealing.want({
    format: wireFormat,
    terminal: 'door-1',
    version: 1,
    buckets: [],
    people: ['ada'],
  });
  trouble.soon = true;
  await broker.link().publish(topics.want('door-1'), asked);
  await until(() => notices.length > 0);
  t.deepEqual(notices, ['store.lost']);
  t.true(await hub.publish(await add('bob')));
  t.is((await head()).version, 2);
});

test('an outline that could not be read is read whole the next time', async (t) => {
  const { store, add } = await bench(t);
  await add('ada');
  let fails = true;
  const completeModels = async () => {
    if (!fails) return store.completeModels();
    fails = false;
    throw new Error('a moment of trouble');
  };
  const book = stampBook({ ...store, completeModels });
  await t.throwsAsync(book.refresh());
  t.like(await book.refresh(), { version: 1, count: 1, embedders: ['test/1'] });
});
