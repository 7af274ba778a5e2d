import test from 'ava';
import type { Timers } from '../../src/domain/timers.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { openPublisher } from '../../src/hub/publish.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { systemTimers } from '../../src/runtime/timers.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import type { Head } from '../../src/sync/messages.ts';
import { terminalOpener } from '../../src/sync/terminal-envelope.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerKinds, brokerOf, linkTo } from '../support/site.ts';
import { somebody, until } from '../support/sync.ts';

const hourMs = 3_600_000;

/** Waits of hours end when the test says so, all others by themselves. */
function longWaitsByHand() {
  const waiting: { readonly ms: number; readonly run: () => void }[] = [];
  const timers: Timers = {
    random: Math.random,
    after: (ms, run) => {
      if (ms < hourMs) return systemTimers.after(ms, run);
      const wait = { ms, run };
      waiting.push(wait);
      return () => {
        const at = waiting.indexOf(wait);
        if (at >= 0) waiting.splice(at, 1);
      };
    },
  };
  return { timers, waiting };
}

for (const kind of brokerKinds) {
  test(`${kind}: a head is made anew long before it ends, again and again, though nothing changes`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const store = await openHubStore(':memory:');
    t.teardown(() => store.close());
    const { version: _none, ...person } = somebody('ada');
    await store.add(person);
    const topics = topicsOf('plant');
    const opening = opener('plant', keys.hub);
    const heads: Head[] = [];
    const watching = linkTo(t, broker, 'watching');
    await watching.subscribe(topics.head, ({ payload }) => void opening.head(payload).then((head) => heads.push(head)));
    await until(() => watching.state.online);

    let now = new Date('2030-01-01T00:00:00.000Z');
    const { timers, waiting } = longWaitsByHand();
    const publisher = await openPublisher({
      ...{ site: 'plant', link: linkTo(t, broker, 'hub'), store, embedder: 'test/1', settleMs: 50, timers },
      clock: { ...systemClock, now: () => now },
      ...{ sealer: sealer(keys.hub), opener: opening, terminals: terminalOpener(keys.hub, keys) },
      ...{ freshKeys: async () => {}, notify: ({ message }) => t.fail(message) },
      headLifetimeMs: 30 * 24 * hourMs,
    });
    await until(() => heads.length === 1);
    for (const day of [2, 3]) {
      const [renewal, ...others] = waiting.splice(0);
      t.is(others.length, 0);
      t.is(renewal?.ms, 24 * hourMs);
      now = new Date(`2030-01-0${day}T00:00:00.000Z`);
      renewal?.run();
      await until(() => heads.length === day);
      t.is(heads.at(-1)?.version, heads[0]?.version);
      t.deepEqual(heads.at(-1)?.buckets, heads[0]?.buckets);
      t.is(heads.at(-1)?.expiresAt, new Date(now.getTime() + 30 * 24 * hourMs).toISOString());
    }
    await publisher.close();
    t.deepEqual(waiting, [], 'nothing is left waiting');
  });
}
