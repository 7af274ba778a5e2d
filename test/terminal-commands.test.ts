import test from 'ava';
import { LimenError } from '../src/domain/errors.ts';
import type { Door } from '../src/door/door.ts';
import type { Command } from '../src/sync/command-messages.ts';
import { templatesFrom } from '../src/sync/enrolment.ts';
import { terminalVerbs } from '../src/terminal-commands.ts';
import { somebody } from './support/sync.ts';

const command = {
  issuedAt: '2026-03-01T08:00:00.000Z',
  expiresAt: '2026-03-01T08:00:10.000Z',
} as Command;
const health = async () => ({ well: true });
const resetPassback = () => {};

const others = {
  capture: async () => [],
  reload: async () => ({}),
  renewKeys: () => Promise.reject(new Error('no keys')),
};

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
  const verbs = terminalVerbs({ door: askedDoor(asked), health, resetPassback, ...others });
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
  const verbs = Object.entries(terminalVerbs({ door: askedDoor([]), health, resetPassback, ...others }));
  const namesOf = (which: 'opens' | 'everywhere') => verbs.filter(([, verb]) => verb[which]).map(([name]) => name);
  t.deepEqual(namesOf('opens').sort(), ['anti-passback-reset', 'enrol', 'release', 'rotate', 'unlock']);
  t.deepEqual(namesOf('everywhere').sort(), ['anti-passback-reset', 'lockdown', 'release', 'reload']);
});

test('what the door refuses is what the verb throws', async (t) => {
  const door = { ...askedDoor([]), unlock: () => Promise.reject(new LimenError('door.lockdown', 'Locked down.')) };
  await t.throwsAsync(Promise.resolve(terminalVerbs({ door, health, resetPassback, ...others }).unlock?.run(command)), {
    code: 'door.lockdown',
  });
});

test('a terminal without a door knows no verb about doors', async (t) => {
  const verbs = terminalVerbs({ door: null, health, resetPassback, ...others });
  t.deepEqual(Object.keys(verbs), ['diagnose', 'reload', 'enrol', 'rotate', 'anti-passback-reset']);
});

test('whereabouts are forgotten of everybody, or of one person; of nobody where it is not clear whom it means', async (t) => {
  const forgotten: (string | null)[] = [];
  const forget = (personId: string | null) => void forgotten.push(personId);
  const { 'anti-passback-reset': reset } = terminalVerbs({ door: null, health, resetPassback: forget, ...others });
  t.is(await reset?.run(command), null);
  await reset?.run({ ...command, args: { personId: 'ada' } });
  const wrong: Command['args'][] = [{ personId: '../a' }, { personId: null }, { person: 'ada' }];
  for (const args of wrong) {
    await t.throwsAsync(async () => reset?.run({ ...command, ...(args && { args }) }), {
      code: 'command.arguments-invalid',
    });
  }
  t.deepEqual(forgotten, [null, 'ada']);
});

test('nobody is captured without consent, or without a name; and there is time left for the answer', async (t) => {
  const within: number[] = [];
  const [template] = somebody('ada').templates;
  const capture = async (withinMs: number) => {
    within.push(withinMs);
    return [template!];
  };
  const { enrol } = terminalVerbs({ door: null, health, resetPassback, ...others, capture });
  t.true(enrol?.secret);
  const wrong: Command['args'][] = [
    undefined,
    {},
    { personId: 'ada' },
    { personId: 'ada', consent: false },
    { personId: '../a', consent: true },
  ];
  for (const args of wrong) {
    await t.throwsAsync(Promise.resolve(enrol?.run({ ...command, ...(args && { args }) })), {
      code: 'command.arguments-invalid',
    });
  }
  t.deepEqual(within, []);
  const data = await enrol?.run({ ...command, args: { personId: 'ada', consent: true } });
  t.deepEqual(within, [8000]);
  t.deepEqual(templatesFrom(data, 'ada'), [template!]);
  t.throws(() => templatesFrom(data, 'bob'), { code: 'message.invalid' });
});
