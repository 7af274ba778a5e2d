import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { startDoorConsole, type TestDoorConsole } from './support/door-console.ts';

const url = '/api/terminals/front-door/commands';

function tell({ server }: TestDoorConsole, headers: Record<string, string>, payload: object) {
  return server.inject({ method: 'POST', url, headers, payload });
}

test('who unlocks is written down before the door moves, and the door says why it did', async (t) => {
  const at = await startDoorConsole(t);
  const said = await tell(at, at.as.operator, { verb: 'unlock', reason: 'the courier' });
  t.deepEqual(said.json(), { terminal: 'front-door', outcome: 'done', code: null, message: null });
  t.is(at.level(), '1');
  const [deed] = at.events('console.deed');
  t.deepEqual(deed!.body, {
    ...{ account: 'operator', action: 'terminal.commanded', target: 'front-door' },
    detail: { reason: 'the courier', verb: 'unlock' },
  });
  const [requested] = at.events('door.requested');
  const [unlocked] = at.events('door.unlocked');
  t.is(unlocked!.body.cause, 'console');
  t.true(deed!.seq < requested!.seq && requested!.seq < unlocked!.seq);
  const locked = await tell(at, at.as.operator, { verb: 'lock' });
  t.is(locked.json().outcome, 'done');
  t.is(at.level(), '0');
});

test('a journal that cannot be written opens no door, and keeps none from being locked', async (t) => {
  const at = await startDoorConsole(t);
  for (const code of ['disk.full', 'journal.failed'] as const) {
    at.breakJournal(new LimenError(code, 'It cannot be written.', {}));
    for (const verb of ['unlock', 'release']) {
      const said = await tell(at, at.as.administrator, { verb });
      t.true(said.statusCode >= 500, said.body);
      t.is(said.json().code, code);
      t.is(at.own.door!.state, 'locked');
    }
  }
  at.breakJournal(null);
  t.is((await tell(at, at.as.operator, { verb: 'unlock' })).json().outcome, 'done');
  at.breakJournal(new LimenError('disk.full', 'It cannot be written.', {}));
  t.is((await tell(at, at.as.operator, { verb: 'lock' })).json().outcome, 'done');
  t.is(at.level(), '0');
  t.is((await tell(at, at.as.operator, { verb: 'lockdown' })).json().outcome, 'done');
  t.true(at.own.door!.status.lockdown);
});

test('a lockdown is for an operator to order and for an administrator to end', async (t) => {
  const at = await startDoorConsole(t);
  t.is((await tell(at, at.as.operator, { verb: 'lockdown' })).json().outcome, 'done');
  const refused = (await tell(at, at.as.administrator, { verb: 'unlock' })).json();
  t.like(refused, { outcome: 'refused', code: 'door.lockdown' });
  t.not(at.level(), '1');
  const forbidden = await tell(at, at.as.operator, { verb: 'release' });
  t.is(forbidden.statusCode, 403);
  t.is(forbidden.json().code, 'session.forbidden');
  t.true(at.own.door!.status.lockdown);
  const verbs = () => at.events('console.deed').map(({ body }) => body.detail.verb);
  t.deepEqual(verbs(), ['lockdown', 'unlock'], 'what was not allowed was not done');
  t.is((await tell(at, at.as.administrator, { verb: 'release' })).json().outcome, 'done');
  t.false(at.own.door!.status.lockdown);
  t.deepEqual(
    at.events('door.lifted').map(({ body }) => body.cause),
    ['console'],
  );
});

test('a lock that fails is told, and written down', async (t) => {
  const at = await startDoorConsole(t);
  await at.own.door!.close();
  const said = (await tell(at, at.as.operator, { verb: 'unlock' })).json();
  t.is(said.outcome, 'failed');
  t.is(at.events('door.fault').at(-1)?.body.code, said.code);
});

test('a time clock without a door refuses, another terminal is not here, and another verb is none', async (t) => {
  const at = await startDoorConsole(t, { door: false });
  t.like((await tell(at, at.as.operator, { verb: 'unlock' })).json(), { outcome: 'refused', code: 'command.unknown' });
  const elsewhere = '/api/terminals/back-door/commands';
  const said = await at.server.inject({
    method: 'POST',
    url: elsewhere,
    headers: at.as.operator,
    payload: { verb: 'lock' },
  });
  t.is(said.statusCode, 404);
  t.is(said.json().code, 'terminal.unknown');
  t.is((await tell(at, at.as.administrator, { verb: 'rotate' })).statusCode, 400);
  t.deepEqual(at.events('console.deed'), []);
});
