import test from 'ava';
import { topicsOf } from '../../src/sync/topics.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerKinds, brokerOf, linkTo, startHub, startTerminal } from '../support/site.ts';
import { until } from '../support/sync.ts';

const topics = topicsOf('plant');
const watched = [topics.head, topics.rules, topics.roster];

for (const kind of brokerKinds) {
  test(`${kind}: what comes late from before takes no newer message's place for long`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const { enrol, hub } = await startHub(t, { broker, keys });
    const before = linkTo(t, broker, 'a process that is no more');
    const kept = new Map<string, Uint8Array>();
    for (const topic of watched)
      await before.subscribe(topic, ({ payload }) => {
        kept.set(topic, payload);
      });
    // Two of each, by what the site does.
    await enrol('ada');
    await hub.setRules({ note: 'the first' });
    await startTerminal(t, { broker, keys });
    await until(() => kept.size === watched.length);
    const old = new Map(kept);
    await enrol('bob');
    await hub.setRules({ note: 'the second' });
    await startTerminal(t, { broker, keys, name: 'door-2' });
    await until(() => watched.every((topic) => kept.get(topic) !== old.get(topic)));

    for (const topic of watched) await before.publish(topic, Buffer.from(old.get(topic)!), { retain: true });
    const text = (payload: Uint8Array | undefined) => Buffer.from(payload ?? []).toString();
    await until(() => watched.every((topic) => text(kept.get(topic)) === text(old.get(topic))));
    await until(() => watched.every((topic) => text(kept.get(topic)) !== text(old.get(topic))));
    const late = await startTerminal(t, { broker, keys, name: 'door-3' });
    await until(() => late.ids().length === 2);
    t.deepEqual(late.ids(), ['ada', 'bob']);
  });
}
