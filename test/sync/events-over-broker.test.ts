import test from 'ava';
import type { Occurrence } from '../../src/domain/event.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { newSession } from '../../src/sync/status.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { freshKeys } from '../support/keys.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { brokerKinds, brokerOf, linkTo, startHub, startTerminal } from '../support/site.ts';
import { until } from '../support/sync.ts';

const topics = topicsOf('plant');
const stepped = (byMs: number): Occurrence => ({ kind: 'clock.stepped', body: { byMs } });

for (const kind of brokerKinds) {
  test(`${kind}: events arrive in order, each once, over lost connections, a restarted hub and a restarted terminal`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const heard: number[] = [];
    const first = await startHub(t, { broker, keys });
    first.hub.onEvent(({ seq }) => heard.push(seq));
    const terminal = await startTerminal(t, { broker, keys });
    const { journal } = terminal;
    const append = (from: typeof terminal, count: number) => {
      for (let i = 0; i < count; i++) {
        journal.append(stepped(i));
        from.uplink.wake();
      }
    };

    append(terminal, 50);
    await until(() => journal.acknowledgedSeq === 50);

    append(terminal, 40);
    await broker.stop();
    append(terminal, 40);
    await broker.start();
    await until(() => journal.acknowledgedSeq === 130);

    await first.stop();
    const unheard: string[] = [];
    const observer = linkTo(t, broker, 'observer');
    await observer.subscribe(topics.event('door-1'), ({ payload }) => unheard.push(Buffer.from(payload).toString()));
    await until(() => observer.state.online);
    append(terminal, 40);
    // All that may be under way: a hub that came in the middle of it would hear the later half first.
    await until(() => unheard.length >= 32);
    await observer.close();
    const second = await startHub(t, { broker, keys, store: first.store });
    second.hub.onEvent(({ seq }) => heard.push(seq));
    await until(() => journal.acknowledgedSeq === 170);

    append(terminal, 20);
    await terminal.stop();
    const again = await startTerminal(t, { broker, keys, journal, store: terminal.store });
    append(again, 10);
    await until(() => journal.acknowledgedSeq === 200);

    const wanted = Array.from({ length: 200 }, (_, i) => i + 1);
    t.deepEqual(heard, wanted);
    const stored = await second.hub.events({ terminal: 'door-1' });
    t.deepEqual(stored as unknown[], journal.after(0, 200));
    t.deepEqual(await second.store.db.selectFrom('gaps').selectAll().execute(), []);
  });
}

test('what is no event is refused and counted, and the next event arrives', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { hub, notices } = await startHub(t, { broker, keys });
  const sender = linkTo(t, broker, 'sender');
  await until(() => sender.state.online);
  const row = memoryJournal('door-9').append(stepped(1));
  const [own, other, strange] = [
    await keys.sealer('door-9'),
    await keys.sealer('door-8'),
    await (await freshKeys(t)).sealer('door-9'),
  ];
  const messages = [
    'not json',
    JSON.stringify(row),
    await own.event({ ...row, seq: 0 }),
    await own.event({ ...row, terminal: 'door-8' }),
    await own.event({ ...row, kind: 'DROP TABLE events' }),
    await other.event(row),
    await strange.event(row),
    await own.status({ format: wireFormat, terminal: 'door-9', online: false, session: newSession() }),
    'x'.repeat(300_000),
  ];
  for (const message of messages) await sender.publish(topics.event('door-9'), message);
  await until(() => hub.refused === messages.length);
  t.deepEqual([...new Set(notices.map(({ code }) => code))].sort(), [
    'message.invalid',
    'message.signature-invalid',
    'message.too-large',
  ]);
  await sender.publish(topics.event('door-9'), await own.event(row));
  await until(async () => (await hub.events({ terminal: 'door-9' })).length === 1);
  t.pass();
});

test('an event of a kind this hub does not know is kept whole', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { hub } = await startHub(t, { broker, keys });
  const sealer = await keys.sealer('door-9');
  const sender = linkTo(t, broker, 'sender');
  await until(() => sender.state.online);
  const row = { ...memoryJournal('door-9').append(stepped(1)), kind: 'lift.called', extra: { floor: 3 } };
  await sender.publish(topics.event('door-9'), await sealer.event(row));
  await until(async () => (await hub.events({ terminal: 'door-9' })).length === 1);
  t.deepEqual((await hub.events({ terminal: 'door-9' }))[0] as unknown, row);
});

test('an acknowledgement is believed only from the hub, and only for this journal', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { hub, stop } = await startHub(t, { broker, keys });
  const first = await startTerminal(t, { broker, keys });
  first.journal.append(stepped(1));
  first.uplink.wake();
  await until(() => first.journal.acknowledgedSeq === 1);
  await first.stop();
  await stop();

  // The card was swapped: the same name, another journal. The hub's retained acknowledgement is of the old one.
  const journal = memoryJournal('door-1');
  journal.append(stepped(2));
  const swapped = await startTerminal(t, { broker, keys, journal });
  const forger = linkTo(t, broker, 'forger');
  await until(() => forger.state.online && swapped.link.state.online);
  await forger.publish(topics.ack('door-1'), JSON.stringify({ terminal: 'door-1', seq: 1 }));
  const seen: string[] = [];
  await forger.subscribe(topics.event('door-1'), ({ payload }) => seen.push(Buffer.from(payload).toString()));
  await until(() => seen.length > 0);
  t.is(journal.acknowledgedSeq, 0);
  t.is((await hub.events({ terminal: 'door-1' })).length, 1);
});
