import test from 'ava';
import fc from 'fast-check';
import type { DoorInputName, DoorSettings } from '../../src/door/door-memory.ts';
import type { LockLimits } from '../../src/door/lock-rules.ts';
import { type Action, act, mayHappen, newWorld, type World } from './door-world.ts';
import { lockedAgain, statements } from './safety.ts';
import { keyOf } from './world-key.ts';

const settings: DoorSettings = {
  ...{ pulseMs: 2000, extendedPulseMs: 3000, longestPulseMs: 3000, longestHoldMs: 4000, relock: 'when-opened' },
  ...{ heldOpenPreAlarmMs: 2000, heldOpenAlarmMs: 3000, jammedAfterMs: 1000, rexUnlocks: true, hasContact: true },
};
const limitsOf = ({ longestPulseMs, longestHoldMs }: DoorSettings): LockLimits => ({
  ...{ longestPulseMs, longestHoldMs, silenceMs: 1500 },
});

const command = (...kinds: readonly Extract<Action, { do: 'command' }>['kind'][]): Action[] =>
  kinds.map((kind) => ({ do: 'command', kind }));
const flip = (...inputs: readonly DoorInputName[]): Action[] => inputs.map((input) => ({ do: 'flip', input }));
const lose = (...inputs: readonly DoorInputName[]): Action[] =>
  inputs.flatMap((input) => [
    { do: 'lose', input },
    { do: 'regain', input },
  ]);
const wire: readonly Action[] = [{ do: 'to-lock' }, { do: 'to-door' }];
const time: readonly Action[] = [
  { do: 'wait', ms: 1000 },
  { do: 'hang', ms: 1000 },
];
const crashes: readonly Action[] = [
  ...(['kill-daemon', 'start-daemon', 'kill-lock', 'start-lock'] as const).map((what) => ({ do: what })),
  ...(['lockdown', 'lift'] as const).map((kind) => ({ do: 'torn', kind, effects: 1 }) as const),
];

/** What a world shows that is not as it should be. */
function faultsOf(world: World, taken: Parameters<(typeof statements)[number]['broken']>[1]): string[] {
  const broken = statements.flatMap(({ says, broken }) => {
    const how = broken(world, taken);
    return how === null ? [] : [`${says}: ${how}`];
  });
  const stuck = lockedAgain(world);
  return stuck === null ? broken : [...broken, `from every state the door can be locked again: ${stuck}`];
}

const told = (path: readonly Action[]) => path.map((action) => Object.values(action).join(' ')).join(', ');

interface Path {
  readonly world: World;
  readonly action: Action | null;
  readonly from: Path | null;
}

function actionsOf(path: Path): Action[] {
  return path.from === null || path.action === null ? [] : [...actionsOf(path.from), path.action];
}

/** Every order of the actions up to this depth; a world that was met before is not gone into again. */
function explore(start: World, { actions, depth }: { actions: readonly Action[]; depth: number }) {
  const met = new Set([keyOf(start)]);
  let edge: Path[] = [{ world: start, action: null, from: null }];
  for (let at = 0; at < depth && edge.length > 0; at += 1) {
    const next: Path[] = [];
    for (const from of edge) {
      for (const action of actions) {
        if (!mayHappen(from.world, action)) continue;
        const { world, taken } = act(from.world, action);
        const path = { world, action, from };
        const [fault] = faultsOf(world, taken);
        if (fault !== undefined) return { met: met.size, fault: `${fault} — after ${told(actionsOf(path))}` };
        const key = keyOf(world);
        if (met.has(key)) continue;
        met.add(key);
        next.push(path);
      }
    }
    edge = next;
  }
  return { met: met.size, fault: null };
}

const explorations: readonly { of: string; inputs: DoorInputName[]; actions: readonly Action[]; depth: number }[] = [
  {
    of: 'grants and free access, with lockdown and every crash',
    inputs: [],
    actions: [
      ...command('grant', 'hold', 'end-hold', 'withdraw', 'lock', 'lockdown', 'lift'),
      ...wire,
      ...time,
      ...crashes,
    ],
    depth: 6,
  },
  {
    of: 'fire and the way out, with lockdown and every crash',
    inputs: ['rex', 'fire'],
    actions: [
      ...command('grant', 'hold', 'end-hold', 'withdraw', 'lock', 'lockdown', 'lift'),
      ...flip('rex', 'fire'),
      ...wire,
      ...time,
      ...crashes,
    ],
    depth: 5,
  },
  {
    of: 'a door that is opened, forced and left open',
    inputs: ['contact', 'rex', 'fire'],
    actions: [...command('grant', 'hold', 'lock'), ...flip('contact', 'rex', 'fire'), ...time, ...crashes],
    depth: 6,
  },
  {
    of: 'the key, the bolt and the case',
    inputs: ['contact', 'bolt', 'lockdownKey', 'tamper'],
    actions: [
      ...command('grant', 'lift', 'lockdown'),
      ...flip('contact', 'bolt', 'lockdownKey', 'tamper'),
      ...time,
      ...crashes,
    ],
    depth: 6,
  },
  {
    of: 'inputs that are lost and come back',
    inputs: ['contact', 'fire', 'lockdownKey'],
    actions: [
      ...command('grant', 'withdraw'),
      ...flip('contact', 'fire', 'lockdownKey'),
      ...lose('contact', 'fire', 'lockdownKey'),
      { do: 'wait', ms: 1000 },
    ],
    depth: 5,
  },
];

for (const { of, inputs, actions, depth } of explorations)
  test(`every order of ${depth} things that may happen: ${of}`, (t) => {
    const start = newWorld(settings, { inputs, limits: limitsOf(settings) });
    const startedAt = performance.now();
    const { met, fault } = explore(start, { actions, depth });
    t.is(fault, null);
    t.log(`${met} worlds, ${Math.round(performance.now() - startedAt)} ms`);
  });

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    arbitrary: fc.constantFrom(...command('grant', 'hold', 'end-hold', 'withdraw', 'lock', 'lockdown', 'lift')),
    weight: 5,
  },
  { arbitrary: fc.constantFrom(...flip('contact', 'bolt', 'rex', 'tamper', 'fire', 'lockdownKey')), weight: 5 },
  { arbitrary: fc.constantFrom(...lose('contact', 'bolt', 'rex', 'tamper', 'fire', 'lockdownKey')), weight: 3 },
  { arbitrary: fc.constantFrom(...wire), weight: 6 },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('wait' as const, 'hang' as const),
      ms: fc.integer({ min: 1, max: 5000 }),
    }),
    weight: 5,
  },
  { arbitrary: fc.constantFrom(...crashes), weight: 3 },
);
const anySettings: fc.Arbitrary<DoorSettings> = fc.record({
  ...{ pulseMs: fc.integer({ min: 100, max: 5000 }), longestPulseMs: fc.integer({ min: 100, max: 10_000 }) },
  ...{ extendedPulseMs: fc.integer({ min: 100, max: 9000 }), longestHoldMs: fc.constantFrom(0, 1000, 20_000) },
  relock: fc.constantFrom('when-opened' as const, 'when-closed' as const, 'after-pulse' as const),
  ...{ heldOpenPreAlarmMs: fc.integer({ min: 100, max: 5000 }), heldOpenAlarmMs: fc.integer({ min: 5000, max: 9000 }) },
  ...{ jammedAfterMs: fc.integer({ min: 100, max: 5000 }), rexUnlocks: fc.boolean(), hasContact: fc.boolean() },
});

test('long lives of doors of every kind, at any moment', (t) => {
  const lives = fc.property(anySettings, fc.array(anyAction, { maxLength: 80, size: 'max' }), (some, actions) => {
    const inputs: DoorInputName[] = [
      ...(some.hasContact ? ['contact' as const] : []),
      'bolt',
      'rex',
      'tamper',
      'fire',
      'lockdownKey',
    ];
    let world = newWorld(some, { inputs, limits: limitsOf(some) });
    for (const action of actions) {
      if (!mayHappen(world, action)) continue;
      if ('input' in action && !inputs.includes(action.input)) continue;
      const done = act(world, action);
      world = done.world;
      const [fault] = faultsOf(world, done.taken);
      if (fault !== undefined) throw new Error(fault);
    }
  });
  const { failed, counterexample, errorInstance } = fc.check(lives, { numRuns: 1500 });
  t.false(failed, `${errorInstance} after ${JSON.stringify(counterexample)}`);
});
