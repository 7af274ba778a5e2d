import test, { type ExecutionContext } from 'ava';
import type { Clock } from '../../../src/domain/clock.ts';
import { type CommanderOptions, sendCommand } from '../../../src/hub/command.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { openCommandDesk } from '../../../src/sync/command-desk.ts';
import { opener, sealer } from '../../../src/sync/envelope.ts';
import { watchedVerbs } from '../../support/commands.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { freshKeys, type SiteKeys } from '../../support/keys.ts';
import { linkTo, startHub, startTerminal, type TestBroker } from '../../support/site.ts';
import { until } from '../../support/sync.ts';
import { otherBroker, otherBrokers } from '../support/other-brokers.ts';

const folders = temporaryFolders(test);
const stepped = (byMs: number) => ({ kind: 'clock.stepped', body: { byMs } }) as const;
const synced: Clock = { ...systemClock, quality: () => 'synced' };

for (const kind of otherBrokers) {
  test(`${kind}: first sync, changes, events, commands, a terminal that was away, a broker that was killed`, async (t) => {
    t.timeout(300_000);
    const broker = await otherBroker(t, kind, folders());
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const { hub, store, enrol } = await startHub(t, { broker, keys });
    await until(async () => (await hub.enrol(somebodyCalled('a'))).published);
    await enrol('b', 'c');
    const first = await startTerminal(t, { broker, keys });
    await until(() => first.ids().join() === 'a,b,c');
    t.log('first sync');

    await enrol('d');
    await hub.erase('b');
    await until(() => first.ids().join() === 'a,c,d');
    t.log('changes');

    for (let i = 0; i < 100; i++) first.journal.append(stepped(i));
    first.uplink.wake();
    await until(() => first.journal.acknowledgedSeq === 100);
    t.deepEqual((await hub.events({ terminal: 'door-1' })) as unknown[], first.journal.after(0, 200));
    t.log('events');

    await commandWorks(broker, { t, keys, db: store.db });
    t.log('command');

    await first.stop();
    await enrol('e');
    const again = await startTerminal(t, { broker, keys, store: first.store, journal: first.journal });
    await until(() => again.ids().join() === 'a,c,d,e');
    t.log('a terminal that was away');

    await broker.stop();
    await enrol('f');
    again.journal.append(stepped(100));
    await broker.start();
    await until(() => again.ids().join() === 'a,c,d,e,f' && again.journal.acknowledgedSeq === 101);
    t.log('a broker that was killed');
    t.pass();
  });
}

function somebodyCalled(id: string) {
  return { id, name: `Person ${id}`, pictures: [{ name: `${id}.jpg`, jpeg: Buffer.from(id) }], again: true };
}

async function commandWorks(
  broker: TestBroker,
  site: { t: ExecutionContext; keys: SiteKeys; db: CommanderOptions['db'] },
): Promise<void> {
  const { t, keys, db } = site;
  const acts: string[] = [];
  const link = linkTo(t, broker, 'door-2');
  const desk = await openCommandDesk({
    ...{
      site: 'plant',
      terminal: 'door-2',
      link,
      opener: opener('plant', await keys.terminal('door-2')),
      clock: synced,
    },
    sealer: await keys.sealer('door-2'),
    memoryFile: `${folders()}/commands.state`,
    report: () => {},
    verbs: watchedVerbs((verb) => void acts.push(verb)),
  });
  t.teardown(() => desk.close());
  const hub = linkTo(t, broker, 'commander');
  await until(() => link.state.online && hub.state.online);
  const with_ = { site: 'plant', link: hub, db, sealer: sealer(keys.hub), terminals: keys.opener, clock: systemClock };
  const request = { audience: 'door-2', verb: 'unlock', reason: null, issuer: 'tester', timeoutMs: 60_000 };
  const { answers } = await sendCommand({ ...with_, repeatMs: 300 }, request);
  t.is(answers[0]?.outcome, 'done');
  t.deepEqual(acts, ['unlock']);
}
