import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/wait.ts';
import { closeDoor, eventually, JournalSince, openDoor, serveLimen, wiring } from '../support/limen.ts';
import { levelOf, pull } from '../support/machine.ts';

/** The world outside presses the button and opens the door: edges of the kernel, into the daemon under its unit. */

const pressButton = () => pull(wiring.rex, 'down');

/** A door that is closed again after the test. */
function serve(t: ExecutionContext): JournalSince {
  serveLimen();
  t.teardown(closeDoor);
  return new JournalSince();
}

/** Leave through the door, which stands open afterwards. */
async function leave(journal: JournalSince): Promise<void> {
  pressButton();
  await until(() => levelOf(wiring.relay) === 1);
  // The line moves before the daemon has heard of it; until then, a door that opens is told of in another order.
  await eventually(() => journal.of('door.unlocked').length > 0);
  openDoor();
  await eventually(() => journal.of('door.opened').length > 0);
}

test('the button inside opens; who opens the door finds it locked behind them', async (t) => {
  const journal = serve(t);
  await leave(journal);
  await until(() => levelOf(wiring.relay) === 0);
  // The line rests before the daemon has heard of it.
  await eventually(() => journal.of('door.locked').length > 0);
  closeDoor();
  await eventually(() => journal.of('door.closed').length > 0);
  const said = journal.of('door.requested', 'door.unlocked', 'door.opened', 'door.locked', 'door.closed');
  t.deepEqual(
    said.map(({ kind }) => kind),
    ['door.requested', 'door.unlocked', 'door.opened', 'door.locked', 'door.closed'],
  );
  t.is(said[1]?.body.cause, 'rex');
  t.deepEqual(journal.of('door.alarm-raised'), []);
});

test('a door that opens without leave is forced: the alarm relay is on until it is closed', async (t) => {
  const journal = serve(t);
  openDoor();
  await until(() => levelOf(wiring.alarm) === 1);
  closeDoor();
  await until(() => levelOf(wiring.alarm) === 0);
  await eventually(() => journal.of('door.alarm-cleared').length > 0);
  t.deepEqual(
    journal.of('door.alarm-raised').map(({ body }) => body.alarm),
    ['forced'],
  );
  t.is(levelOf(wiring.relay), 0);
});

test('a door that stands open is told of twice: first the pre-alarm, then the alarm, until it is closed', async (t) => {
  const journal = serve(t);
  await leave(journal);
  await until(() => levelOf(wiring.alarm) === 1);
  closeDoor();
  await until(() => levelOf(wiring.alarm) === 0);
  await eventually(() => journal.of('door.alarm-cleared').length > 0);
  const said = journal.of('door.pre-alarm', 'door.alarm-raised', 'door.alarm-cleared');
  t.deepEqual(
    said.map(({ kind }) => kind),
    ['door.pre-alarm', 'door.alarm-raised', 'door.alarm-cleared'],
  );
  t.like(said[1]?.body, { alarm: 'held-open' });
});
