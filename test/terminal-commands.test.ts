import test from 'ava';
import { LimenError } from '../src/domain/errors.ts';
import type { Door } from '../src/door/door.ts';
import type { Command } from '../src/sync/command-messages.ts';
import { terminalVerbs } from '../src/terminal-commands.ts';

const command = {} as Command;
const health = async () => ({ well: true });
const resetPassback = () => {};

/** A door that writes down what it is asked for. */
function askedDoor(asked: unknown[]): Door {
  const noted = (what: string) => async (how: unknown) => void asked.push([what, how]);
  return {
    ...{ name: 'asked', state: 'locked', unlock: noted('unlock'), lock: noted('lock') },
    ...{ lockdown: noted('lockdown'), lift: noted('lift') },
  } as unknown as Door;
}

test('each verb asks the door for what its name says, and answers with the state of the door', async (t) => {
  const asked: unknown[] = [];
  const verbs = terminalVerbs({ door: askedDoor(asked), health, resetPassback });
  for (const name of ['unlock', 'lock', 'lockdown', 'release']) {
    t.deepEqual(await verbs[name]?.run(command), { door: 'locked' });
  }
  t.deepEqual(asked, [
    ['unlock', { cause: 'command', personId: null }],
    ['lock', 'command'],
    ['lockdown', 'command'],
    ['lift', 'command'],
  ]);
  t.deepEqual(await verbs.diagnose?.run(command), { well: true });
});

test('whatever can let somebody in has to be fresh; a lockdown, its end and a reset are for a whole site', (t) => {
  const verbs = Object.entries(terminalVerbs({ door: askedDoor([]), health, resetPassback }));
  const namesOf = (which: 'opens' | 'everywhere') => verbs.filter(([, verb]) => verb[which]).map(([name]) => name);
  t.deepEqual(namesOf('opens').sort(), ['anti-passback-reset', 'release', 'unlock']);
  t.deepEqual(namesOf('everywhere').sort(), ['anti-passback-reset', 'lockdown', 'release']);
});

test('what the door refuses is what the verb throws', async (t) => {
  const door = { ...askedDoor([]), unlock: () => Promise.reject(new LimenError('door.lockdown', 'Locked down.')) };
  await t.throwsAsync(Promise.resolve(terminalVerbs({ door, health, resetPassback }).unlock?.run(command)), {
    code: 'door.lockdown',
  });
});

test('a terminal without a door can only be asked how it is, or to forget who is inside', async (t) => {
  let resets = 0;
  const verbs = terminalVerbs({ door: null, health, resetPassback: () => void resets++ });
  t.deepEqual(Object.keys(verbs), ['diagnose', 'anti-passback-reset']);
  t.is(await verbs['anti-passback-reset']?.run(command), null);
  t.is(resets, 1);
});
