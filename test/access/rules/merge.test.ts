import test from 'ava';
import { emptyMemory } from '../../../src/access/rules/memory.ts';
import { mergeRules } from '../../../src/access/rules/merge.ts';
import type { Rules } from '../../../src/access/rules/rules.ts';
import { RulesInForce } from '../../../src/guard/rules-in-force.ts';
import { situation } from './situation.ts';

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

test('a terminal that needs the hub lets nobody in before it has spoken', (t) => {
  const rules = new RulesInForce({ configuration: {}, hub: null, needsHub: true });
  t.true(rules.missing);
  rules.adopt({ version: 1, rules: {} });
  t.false(rules.missing);
});
