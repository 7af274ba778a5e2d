import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Occurrence } from '../../src/domain/event.ts';
import { openWiredDoor, type WiredDoorOptions } from '../../src/door/wired-door.ts';
import { until } from '../support/wait.ts';
import { type DoorChanges, doorIn, lockProcessesOf, makeBench, simulatedLock } from './support/bench.ts';

const lines = { contact: 1, rex: 2, fire: 3, lockdownKey: 4, bolt: 5, tamper: 6 } as const;
const lamps = { green: 11, red: 12, busy: 13, buzzer: 14, alarm: 15 } as const;

/** Everything connected, closed and bolted; a button is pressed by writing to a file, as people do at a demo. */
async function makeWired(
  t: ExecutionContext,
  settings: DoorChanges['settings'] = {},
  more: Partial<WiredDoorOptions> = {},
) {
  const bench = makeBench(t);
  const { folder, levelFile } = bench;
  const pin = (line: number) => join(folder, `simulated-${line}`);
  mkdirSync(dirname(pin(1)), { recursive: true });
  const set = (name: keyof typeof lines, active: boolean) => writeFileSync(pin(lines[name]), active ? '1' : '0');
  set('contact', true);
  const { driver, driverOptions } = simulatedLock(levelFile);
  const on = { chipLabel: 'simulated', activeLow: false };
  const reported: Occurrence[] = [];
  const options = doorIn(folder, {
    settings: { hasContact: true, ...settings },
    report: (occurrence) => reported.push(occurrence),
  });
  const door = await openWiredDoor({
    ...options,
    gpio: { driver, driverOptions },
    inputs: Object.fromEntries(
      (['contact', 'rex', 'fire', 'lockdownKey', 'tamper'] as const).map((name) => [
        name,
        { ...on, line: lines[name], debounceMs: 10 },
      ]),
    ),
    outputs: Object.fromEntries(Object.entries(lamps).map(([name, line]) => [name, { ...on, line }])),
    ...more,
  });
  t.teardown(() => door.close());
  const lamp = (name: keyof typeof lamps) => readFileSync(pin(lamps[name]), 'utf8');
  return { ...bench, door, set, lamp, pin, reported, kinds: () => reported.map(({ kind }) => kind) };
}

const someone = { cause: 'face', personId: 'p01' };

test.serial('a grant is green; who opens the door has passed, and behind them it is locked', async (t) => {
  const passed: unknown[] = [];
  const onPassed: WiredDoorOptions['onPassed'] = (passage) => passed.push(passage);
  const { door, set, lamp, level, kinds } = await makeWired(t, {}, { onPassed });
  t.is(lamp('green'), '0');
  await door.unlock(someone);
  t.is(lamp('green'), '1');
  t.deepEqual(passed, []);
  set('contact', false);
  await until(() => level() === '0');
  t.like(passed[0], someone);
  t.is(door.state, 'opened');
  set('contact', true);
  await until(() => door.state === 'locked');
  t.deepEqual(kinds(), ['door.requested', 'door.unlocked', 'door.opened', 'door.locked', 'door.closed']);
});

test.serial('a door that opens without a grant is forced: the alarm relay is on until it is closed', async (t) => {
  const { door, set, lamp } = await makeWired(t);
  set('contact', false);
  await until(() => door.state === 'forced');
  t.is(lamp('alarm'), '1');
  set('contact', true);
  await until(() => lamp('alarm') === '0');
  t.deepEqual(door.status.alarms, []);
});

test.serial('held open: first the pre-alarm, then the alarm', async (t) => {
  const { door, set, kinds, lamp } = await makeWired(t, { heldOpenPreAlarmMs: 200, heldOpenAlarmMs: 500 });
  await door.unlock(someone);
  set('contact', false);
  await until(() => door.state === 'held-open');
  await until(() => lamp('alarm') === '1');
  t.true(kinds().indexOf('door.pre-alarm') < kinds().indexOf('door.alarm-raised'));
});

test.serial('the button inside opens, in lockdown too; the key ends lockdown, a command does not', async (t) => {
  const { door, set, level, lamp } = await makeWired(t);
  set('lockdownKey', true);
  await until(() => door.state === 'lockdown');
  t.is(lamp('red'), '1');
  await t.throwsAsync(door.unlock(someone), { code: 'door.lockdown' });
  await t.throwsAsync(door.lift('command'), { code: 'door.lockdown' });
  set('rex', true);
  await until(() => level() === '1');
  set('lockdownKey', false);
  await until(() => !door.status.lockdown);
  t.false(door.status.lockdown);
});

test.serial('a fire opens, and a tamper alarm stands until the housing is closed', async (t) => {
  const { door, set, level, lamp } = await makeWired(t, { longestPulseMs: 600 });
  set('fire', true);
  await until(() => level() === '1');
  // The line first: the daemon hears of it a moment later.
  await until(() => lamp('green') === '1');
  await t.throwsAsync(
    door.lock('command'),
    { code: 'door.fire' },
    'nobody is locked in, and whoever ordered it hears so',
  );
  t.is(level(), '1');
  set('fire', false);
  await until(() => level() === '0');
  set('tamper', true);
  await until(() => door.status.alarms.includes('tamper'));
  set('tamper', false);
  await until(() => door.status.alarms.length === 0);
  t.is(lamp('alarm'), '0');
});

test.serial('a bolt that does not follow the lock is jammed, until it does', async (t) => {
  const bolt = { chipLabel: 'simulated', line: lines.bolt, activeLow: false, debounceMs: 10 };
  const { door, set } = await makeWired(t, { jammedAfterMs: 200 }, { inputs: { bolt } });
  await until(() => door.state === 'jammed');
  set('bolt', true);
  await until(() => door.state === 'locked');
  t.deepEqual(door.status.alarms, []);
});

test.serial('a refusal is red for a moment', async (t) => {
  const { door, lamp } = await makeWired(t);
  door.signal('busy');
  t.is(lamp('busy'), '1');
  door.signal('denied');
  t.is(lamp('red'), '1');
  await until(() => lamp('red') === '0' && lamp('buzzer') === '0');
  t.is(lamp('busy'), '0');
});

test.serial('an input that was lost is told once, and felt again once it is back, as it is then', async (t) => {
  const { door, set, pin, reported, kinds } = await makeWired(t);
  const told = (kind: string) => kinds().filter((other) => other === kind).length;
  rmSync(pin(lines.contact));
  // Where a file cannot be: every attempt fails.
  mkdirSync(pin(lines.contact));
  await until(() => told('door.fault') === 1);
  await new Promise((resolve) => setTimeout(resolve, 800));
  t.is(told('door.fault'), 1, 'attempts are no events');
  t.is(door.status.contact, null);
  await door.unlock(someone);
  t.is(door.state, 'unlocked', 'nobody is locked out by a broken wire');
  await door.lock('command');
  t.is(told('door.recovered'), 0);
  rmdirSync(pin(lines.contact));
  writeFileSync(pin(lines.contact), '0');
  await until(() => door.status.contact === 'open');
  t.is(told('door.recovered'), 1);
  t.like(
    reported.find(({ kind }) => kind === 'door.recovered'),
    { body: { cause: 'contact-back' } },
  );
  t.like(
    reported.find(({ kind }) => kind === 'door.opened'),
    { body: { cause: 'found-open' } },
  );
  set('contact', true);
  await until(() => door.status.contact === 'closed');
  t.deepEqual(door.status.alarms, []);
  t.is(told('door.fault'), 1);
});

test.serial('relock when closed: released while it stands open, at rest behind whoever closed it', async (t) => {
  const { door, set, level, reported } = await makeWired(t, { relock: 'when-closed' });
  await door.unlock(someone);
  set('contact', false);
  await until(() => door.state === 'opened');
  t.is(level(), '1');
  set('contact', true);
  await until(() => level() === '0');
  await until(() => door.state === 'locked');
  t.like(
    reported.find(({ kind }) => kind === 'door.locked'),
    { body: { cause: 'closed' } },
  );
});

test.serial(
  'where the handle opens by itself, a request to exit moves nothing and keeps the alarm quiet',
  async (t) => {
    const { door, set, level, kinds, reported } = await makeWired(t, { rexUnlocks: false });
    set('rex', true);
    await until(() => kinds().includes('door.exit-requested'));
    set('contact', false);
    await until(() => door.state === 'opened');
    t.is(level(), '0');
    t.deepEqual(door.status.alarms, []);
    t.like(
      reported.find(({ kind }) => kind === 'door.opened'),
      { body: { cause: 'late' } },
    );
    t.false(kinds().includes('door.unlocked'));
  },
);

test.serial('an input that cannot be had stops the start, with the lock at rest and no process left', async (t) => {
  const same = { chipLabel: 'simulated', line: 1, activeLow: false, debounceMs: 10 };
  await t.throwsAsync(makeWired(t, {}, { inputs: { contact: same, rex: same } }), { code: 'door.line-busy' });
  t.deepEqual(lockProcessesOf(), []);
});
