import test from 'ava';
import { emptyMemory } from '../../../src/access/rules/memory.ts';
import { mergeRules } from '../../../src/access/rules/merge.ts';
import type { Factor, Rules } from '../../../src/access/rules/rules.ts';
import { RulesInForce } from '../../../src/guard/rules-in-force.ts';
import { situation, somebody } from './situation.ts';

const everybody: Rules = { permissions: { all: {} } };
const nobody: Rules = { permissions: { all: { groups: ['nobody'] } } };

test('rules of both sides are one set, and the same rule twice is no conflict', (t) => {
  const ours: Rules = { timeZone: 'UTC', permissions: { a: { groups: ['x'], schedule: undefined } } };
  const { rules, conflicts } = mergeRules(ours, { permissions: { a: { groups: ['x'] }, b: {} } });
  t.deepEqual(conflicts, []);
  t.deepEqual(Object.keys(rules.permissions!).sort(), ['a', 'b']);
  t.is(rules.timeZone, 'UTC');
});

test('a rule that both say differently is a conflict, single values as well', (t) => {
  const { conflicts } = mergeRules({ ...everybody, timeZone: 'UTC' }, { ...nobody, timeZone: 'Europe/Berlin' });
  t.deepEqual(
    conflicts.map(({ rule }) => rule),
    ['timeZone', 'permissions.all'],
  );
});

const asks = situation({ memory: emptyMemory });

test('a hub that contradicts the configuration stops the start, and later only forbids more', (t) => {
  const options = { configuration: everybody, needsHub: false };
  t.throws(() => new RulesInForce({ ...options, hub: { version: 1, rules: nobody } }), {
    code: 'access.rules-conflict',
  });
  const rules = new RulesInForce({ ...options, hub: null });
  t.is(rules.decide(asks).outcome, 'pass');
  t.throws(() => rules.check({ version: 1, rules: nobody }), { code: 'access.rules-conflict' });
  t.true(rules.contested);
  t.is(rules.decide(asks).outcome, 'refuse');
  rules.adopt({ version: 2, rules: {} });
  t.is(rules.decide(asks).outcome, 'pass');
});

test('a hub that would open what the configuration closes opens nothing', (t) => {
  const rules = new RulesInForce({ configuration: nobody, hub: null, needsHub: false });
  t.throws(() => rules.check({ version: 1, rules: everybody }), { code: 'access.rules-conflict' });
  t.is(rules.decide(asks).outcome, 'refuse');
});

test('while they contradict each other, what either asks for is asked for, and look-alikes are looked for', (t) => {
  const person = somebody('ada', { pinHash: 'h', cards: ['1'] });
  const own: Rules = { ...everybody, secondFactors: { vault: { accept: ['pin'], onlyLookAlikes: false } } };
  const rules = new RulesInForce({ configuration: own, hub: null, needsHub: false });
  t.false(rules.askLookAlikes);
  const hub: Rules = {
    permissions: { all: { terminals: ['front'] } },
    secondFactors: { twins: { accept: ['card'], onlyLookAlikes: true } },
  };
  t.throws(() => rules.check({ version: 1, rules: hub }), { code: 'access.rules-conflict' });
  t.true(rules.askLookAlikes);
  const decided = (...proven: Factor[]) => rules.decide({ ...asks, person, lookAlike: 'eve', proven: new Set(proven) });
  t.deepEqual(decided('face').decisive?.accept, ['pin']);
  t.deepEqual(decided('face', 'pin').decisive?.accept, ['card']);
  t.is(decided('face', 'pin', 'card').outcome, 'pass');
});

test('who may not pass by one of two that contradict each other is not the first of two people either', (t) => {
  const two: Rules = { ...everybody, twoPerson: { vault: { withinMs: 15_000 } } };
  const rules = new RulesInForce({ configuration: two, hub: null, needsHub: false });
  t.throws(() => rules.check({ version: 1, rules: nobody }), { code: 'access.rules-conflict' });
  t.is(rules.decide(asks).decisive?.rule, 'permission');
});

test('a terminal that needs the hub lets nobody in before it has spoken', (t) => {
  const rules = new RulesInForce({ configuration: {}, hub: null, needsHub: true });
  t.true(rules.missing);
  rules.adopt({ version: 1, rules: {} });
  t.false(rules.missing);
});
