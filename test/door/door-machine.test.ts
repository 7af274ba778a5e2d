import test from 'ava';
import type { DoorSettings } from '../../src/door/door-memory.ts';
import { type Action, act, newWorld, type Taken, type World } from './door-world.ts';

const settings: DoorSettings = {
  ...{ pulseMs: 2000, extendedPulseMs: 3000, longestPulseMs: 3000, longestHoldMs: 60_000, relock: 'when-opened' },
  ...{ heldOpenPreAlarmMs: 2000, heldOpenAlarmMs: 3000, jammedAfterMs: 1000, rexUnlocks: true, hasContact: true },
};
const { longestPulseMs, longestHoldMs } = settings;
const limits = { longestPulseMs, longestHoldMs, silenceMs: 1500 };

function live(...actions: readonly Action[]): { world: World; events: string[] } {
  let world = newWorld(settings, { inputs: ['contact', 'rex', 'fire'], limits });
  const taken: Taken[] = [];
  for (const action of actions) {
    const done = act(world, action);
    world = done.world;
    taken.push(...done.taken);
  }
  return { world, events: taken.flatMap(({ events }) => events.map(({ kind }) => kind)) };
}
const command = (kind: Extract<Action, { do: 'command' }>['kind']): Action => ({ do: 'command', kind });
const wait = (ms: number): Action => ({ do: 'wait', ms });
const flip = (input: 'contact' | 'rex' | 'fire'): Action => ({ do: 'flip', input });

test('free access asked for again at once can be ended', (t) => {
  const again = [command('hold'), command('end-hold'), command('hold'), wait(1)];
  t.is(live(...again).world.line, 'released');
  t.is(live(...again, command('end-hold'), wait(1)).world.line, 'secured');
});

test('a renewal in a fire that comes too late is an opening, and the journal has it', (t) => {
  const { events, world } = live(flip('fire'), { do: 'hang', ms: 5000 }, wait(1));
  t.is(world.line, 'released');
  t.is(events.filter((kind) => kind === 'door.unlocked').length, 2);
  t.is(events.filter((kind) => kind === 'door.locked').length, 1);
});

test('a grant that is used: unlocked, opened, locked, closed, and no alarm', (t) => {
  const { events } = live(command('grant'), wait(500), flip('contact'), wait(500), flip('contact'), wait(9000));
  t.deepEqual(events, ['door.requested', 'door.unlocked', 'door.opened', 'door.locked', 'door.closed']);
});

test('a door that was opened before the lock process answered locks behind whoever opened it', (t) => {
  const { world, events } = live(command('grant'), flip('contact'), wait(1));
  t.is(world.line, 'secured');
  t.deepEqual(events, ['door.requested', 'door.opened', 'door.unlocked', 'door.locked']);
  const next = live(command('grant'), flip('contact'), flip('contact'), wait(1), flip('contact'));
  t.is(next.world.line, 'secured');
  t.true(next.events.includes('door.alarm-raised'));
});

test('a door that was opened and closed before the lock process answered is forced by whoever opens it next', (t) => {
  const through: Action[] = [command('grant'), wait(500), flip('contact'), flip('contact'), wait(1)];
  t.deepEqual(live(...through, flip('contact')).events, [
    ...['door.requested', 'door.unlocked', 'door.opened', 'door.closed', 'door.locked'],
    ...['door.opened', 'door.alarm-raised'],
  ]);
});

test('a door that is forced says so once, and once that it is over', (t) => {
  const { events } = live(flip('contact'), wait(9000), flip('contact'), wait(9000));
  t.deepEqual(events, ['door.opened', 'door.alarm-raised', 'door.closed', 'door.alarm-cleared']);
});

test('a fire opens a door in lockdown, which is in lockdown again afterwards', (t) => {
  const fire = [command('lockdown'), wait(1), flip('fire'), wait(20_000)];
  t.is(live(...fire).world.line, 'released');
  const { world } = live(...fire, flip('fire'), wait(1), command('grant'), wait(1));
  t.is(world.line, 'secured');
  t.not(world.kept, null);
});
