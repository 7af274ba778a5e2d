import test, { type ExecutionContext } from 'ava';
import { sealer } from '../../src/sync/envelope.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { type Kept, startGuarded } from '../support/guarded-terminal.ts';
import { freshKeys } from '../support/keys.ts';
import { type BrokerKind, brokerOf, linkTo, startHub } from '../support/site.ts';
import { until } from '../support/sync.ts';

const topic = topicsOf('plant').rules;
const pinNeeded = { secondFactors: { vault: { accept: ['pin'] } } };
const nobody = { groups: ['nobody'] };

async function site(t: ExecutionContext, kind: BrokerKind, access: object = {}) {
  const broker = await brokerOf(t, kind);
  if (broker === null) return null;
  await broker.start();
  const keys = await freshKeys(t);
  const first = await startHub(t, { broker, keys });
  await first.enrol('ada');
  const start = (kept?: Kept) => startGuarded(t, { broker, keys, name: 'front', access, ...(kept && { kept }) });
  const door = await start();
  await until(() => door.terminal.inForce.gallery.people.has('ada'));
  return { broker, keys, first, door, start };
}

for (const kind of ['aedes 3.1.1', 'mosquitto 5'] as const) {
  test.serial(
    `${kind}: rules of the hub come into force, and neither older ones nor another hub’s replace them`,
    async (t) => {
      const all = await site(t, kind);
      if (all === null) return;
      const { broker, keys, first, door } = all;
      const refusals = () => door.events('access.rules-refused').map(({ body }) => body.code);
      const inForce = (version: number) => door.events('access.rules-updated').at(-1)?.body.version === version;
      t.is(door.come('ada'), 'grant');

      const heard: Buffer[] = [];
      const observer = linkTo(t, broker, 'observer');
      await until(() => observer.state.online);
      await observer.subscribe(topic, ({ payload }) => heard.push(Buffer.from(payload)));
      await first.hub.setRules({});
      await until(() => inForce(1) && heard.length > 0);
      await first.hub.setRules(pinNeeded);
      await until(() => inForce(2));
      t.is(door.come('ada'), 'second-factor', 'she has no PIN');

      await observer.publish(topic, heard[0]!, { retain: true });
      await until(() => refusals().includes('access.rules-rollback'));
      t.is(door.come('ada'), 'second-factor');

      // A hub that was set up anew with the same keys: its history is another one.
      const foreign = {
        format: wireFormat,
        site: 'plant',
        lineage: 'another',
        issuedAt: new Date().toISOString(),
      } as const;
      await observer.publish(topic, await sealer(keys.hub).rules({ ...foreign, version: 9, rules: {} }), {
        retain: true,
      });
      await until(() => refusals().includes('gallery.foreign-lineage'));
      t.true(inForce(2));
      t.is(door.access.guard.parts.rules.version, 2);
    },
  );
}

test.serial(
  'what the hub forbids against the configuration stays forbidden through restarts, until it is said anew',
  async (t) => {
    const all = await site(t, 'aedes 3.1.1', { permissions: { doors: { groups: ['staff'] } } });
    if (all === null) return;
    const { broker, first, door, start } = all;
    await first.hub.change('ada', { groups: ['staff'] });
    await until(() => door.terminal.inForce.gallery.people.get('ada')?.groups.includes('staff') === true);
    t.is(door.come('ada'), 'grant');
    await first.hub.setRules({ permissions: { doors: nobody } });
    await until(() => door.events('access.rules-refused').length === 1);
    t.is(door.events('access.rules-refused')[0]?.body.code, 'access.rules-conflict');
    t.is(door.come('ada'), 'not-authorised-here');

    await door.stop();
    await broker.stop();
    const alone = await start(door.kept);
    t.is(alone.come('ada'), 'not-authorised-here', 'nobody has said it again');
    t.true(alone.access.guard.parts.rules.contested);

    await broker.start();
    await first.hub.setRules({});
    await until(() => alone.events('access.rules-updated').length === 1);
    t.is(alone.come('ada'), 'grant');
    await alone.stop();
    await broker.stop();
    const again = await start(door.kept);
    t.false(again.access.guard.parts.rules.contested);
    t.is(again.come('ada'), 'grant');
  },
);
