import test, { type ExecutionContext } from 'ava';
import { topicsOf } from '../../src/sync/topics.ts';
import { type GuardedTerminal, startGuarded } from '../support/guarded-terminal.ts';
import { freshKeys } from '../support/keys.ts';
import { type BrokerKind, brokerOf, linkTo } from '../support/site.ts';
import { somebody, until } from '../support/sync.ts';

/** Two doors of one site, each with its own lock process, who hear of each other through nothing but the broker. */
async function twoDoors(t: ExecutionContext, kind: BrokerKind, access: object) {
  const broker = await brokerOf(t, kind);
  if (broker === null) return null;
  await broker.start();
  const keys = await freshKeys(t);
  const at = (name: string) =>
    startGuarded(t, { broker, keys, name, access, people: [somebody('ada'), somebody('bob')] });
  const doors = { outer: await at('outer'), inner: await at('inner') };
  const hub = linkTo(t, broker, 'hub');
  await until(() => hub.state.online);
  await hub.publish(topicsOf('plant').roster, await keys.roster(), { retain: true });
  return doors;
}

const closedFor = async (terminal: GuardedTerminal, other: string, says: GuardedTerminal) => {
  await until(() => {
    says.sayStatus();
    return terminal.access.guard.parts.neighbours.stateOf(other, 300_000) === 'closed';
  });
};

for (const kind of ['aedes 3.1.1', 'mosquitto 5'] as const) {
  test.serial(
    `${kind}: interlocked doors open one after the other, and of two at once one at most stays open`,
    async (t) => {
      const access = { interlocks: { sluice: { terminals: ['outer', 'inner'], staleAfterMs: 300_000 } } };
      const doors = await twoDoors(t, kind, access);
      if (doors === null) return;
      const { outer, inner } = doors;
      const bothClosed = async () => {
        await closedFor(outer, 'inner', inner);
        await closedFor(inner, 'outer', outer);
      };
      await bothClosed();

      t.is(outer.come('ada'), 'grant');
      await until(() => outer.level() === '1');
      await until(() => inner.access.guard.parts.neighbours.stateOf('outer', 300_000) === 'open');
      t.is(inner.come('bob'), 'interlock');
      t.is(inner.level(), '0');
      await outer.terminal.door?.lock('test');
      await bothClosed();

      t.deepEqual([outer.come('ada'), inner.come('bob')], ['grant', 'grant'], 'neither has heard of the other');
      await until(() => outer.events('door.unlocked').length === 2 && inner.events('door.unlocked').length === 1);
      const withdrawn = () => [outer, inner].flatMap(({ events }) => events('door.locked'));
      await until(() => withdrawn().some(({ body }) => body.cause === 'interlock'));
      t.true([...outer.events('access.interlock-met'), ...inner.events('access.interlock-met')].length > 0);
      t.false(outer.level() === '1' && inner.level() === '1');
    },
  );

  test.serial(`${kind}: who went in at one door is inside for the other, until they went out there`, async (t) => {
    const access = { antiPassback: { hall: { mode: 'hard', in: ['outer'], out: ['inner'] } } };
    const doors = await twoDoors(t, kind, access);
    if (doors === null) return;
    const { outer, inner } = doors;
    t.is(outer.come('ada'), 'grant');
    await until(() => outer.events('access.passed').length === 1);
    t.is(outer.come('ada'), 'anti-passback');
    await until(() => inner.events('access.passed').length === 1);
    t.is(inner.events('access.passed')[0]?.body.heardFrom?.terminal, 'outer');
    t.is(outer.come('bob'), 'grant', 'somebody else is somewhere else');
    t.is(inner.come('ada'), 'grant');
    await until(() => outer.events('access.passed').some(({ body }) => body.heardFrom?.terminal === 'inner'));
    t.is(outer.come('ada'), 'grant');
  });
}
