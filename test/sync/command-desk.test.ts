import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { usualChallengeLifetimeMs } from '../../src/sync/challenges.ts';
import { sealer } from '../../src/sync/envelope.ts';
import type { HubKeys } from '../../src/sync/keys.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { DeskBench, Issuer } from '../support/commands.ts';
import { freshKeys } from '../support/keys.ts';
import { temporaryFolder, until } from '../support/sync.ts';

async function bench(t: ExecutionContext) {
  const keys = await freshKeys(t);
  const door = await new DeskBench({ keys, folder: await temporaryFolder(t) }).start();
  // A terminal obeys nothing that was issued before its first start.
  door.clock.pass(1000);
  return { keys, door, hub: new Issuer(keys, door.clock) };
}

test('a command is journalled, then carried out, then answered', async (t) => {
  const { door, hub } = await bench(t);
  const { command, sealed } = await hub.issue('unlock', { reason: 'courier' });
  let journalledBefore: unknown[] = [];
  door.onAct = () => {
    journalledBefore = door.events.map(({ kind }) => kind);
  };
  await door.deliver(sealed);
  t.deepEqual(journalledBefore, ['command.accepted']);
  const said = { id: command.id, verb: 'unlock', reason: 'courier', issuer: 'tester' };
  t.deepEqual(door.events, [
    { kind: 'command.accepted', body: { ...said, issuedAt: command.issuedAt } },
    { kind: 'command.done', body: said },
  ]);
  t.deepEqual(door.acts, [{ verb: 'unlock', id: command.id }]);
  t.like(door.results[0], { outcome: 'done', command: command.id, terminal: 'door-1', data: { did: 'unlock' } });
});

test('asked again, it is answered again and not carried out again, over a restart too', async (t) => {
  const { door, hub } = await bench(t);
  const { sealed } = await hub.issue('unlock');
  for (let i = 0; i < 3; i++) await door.deliver(sealed);
  await door.restart();
  await door.deliver(sealed);
  t.is(door.acts.length, 1);
  t.is(door.results.length, 4);
  for (const result of door.results) t.deepEqual(result, door.results[0]);
  t.true(door.codes().every((code) => code === 'command.repeated'));
});

test('what a restart interrupted is not carried out again, and says so', async (t) => {
  const { door, hub } = await bench(t);
  const { sealed } = await hub.issue('unlock');
  const hangs = new Promise<void>(() => {});
  door.onAct = () => hangs;
  door.throwAt(sealed);
  await until(() => door.acts.length === 1);
  // The process is gone without a goodbye: another one opens the same memory.
  const after = await new DeskBench({ keys: door.keys, folder: door.folder, clock: door.clock }).start();
  await after.deliver(sealed);
  t.deepEqual(after.acts, []);
  t.like(after.results[0], { outcome: 'failed', code: 'command.interrupted' });
});

test('an answer that is not for the disk is given again from memory, and is gone after a restart', async (t) => {
  const { door, hub } = await bench(t);
  const { sealed } = await hub.issue('enrol');
  await door.deliver(sealed);
  await door.deliver(sealed);
  t.is(door.acts.length, 1);
  for (const result of door.results) t.like(result, { outcome: 'done', data: { did: 'enrol' } });
  t.false((await readFile(door.memoryFile, 'utf8')).includes('did'));
  await door.restart();
  await door.deliver(sealed);
  t.is(door.acts.length, 1);
  t.like(door.results[2], { outcome: 'failed', code: 'command.interrupted', data: null });
});

test('a relay that hangs keeps no lockdown waiting', async (t) => {
  const { door, hub } = await bench(t);
  door.onAct = (verb) => (verb === 'unlock' ? new Promise<void>(() => {}) : undefined);
  door.throwAt((await hub.issue('unlock')).sealed);
  door.throwAt((await hub.issue('lockdown')).sealed);
  await until(() => door.results.length === 1);
  t.like(door.results[0], { verb: 'lockdown', outcome: 'done' });
});

test('refused and journalled: another key, no signature, another site, rubbish, a retained message', async (t) => {
  const { door, hub, keys } = await bench(t);
  const { hub: theirs } = await freshKeys(t);
  const { command, sealed } = await hub.issue('unlock');
  const forge = (how: HubKeys) => sealer(how).command(command);
  await door.deliver(await forge(theirs));
  await door.deliver(await forge({ hub: theirs.hub, signing: theirs.signing, site: keys.hub.site }));
  await door.deliver((await hub.issue('unlock', { site: 'annex' })).sealed);
  await door.deliver('rubbish');
  await door.deliver('x'.repeat(20_000));
  await door.deliver(sealed, { retained: true });
  await door.deliver('', { retained: true });
  t.deepEqual(door.codes(), [
    'command.signature-invalid',
    'command.signature-invalid',
    'message.invalid',
    'message.invalid',
    'message.too-large',
    'command.retained',
  ]);
  t.deepEqual([door.acts, door.results], [[], []]);
});

test('a head, a person or a result is no command, and a command is none of them', async (t) => {
  const { door, keys, hub } = await bench(t);
  const record = { format: wireFormat, site: 'plant', lineage: 'L', kind: 'erased', id: 'ada', version: 1 } as const;
  await door.deliver(await sealer(keys.hub).record(record));
  await door.deliver((await hub.issue('diagnose')).sealed);
  await door.deliver(await (await keys.sealer('door-1')).result(door.results[0]!));
  t.deepEqual(door.codes(), ['message.invalid', 'message.invalid']);
});

test('a command for another terminal is journalled and not answered; one for all must be a verb for all', async (t) => {
  const { door, hub } = await bench(t);
  await door.deliver((await hub.issue('unlock', { audience: 'door-2' })).sealed);
  t.deepEqual(door.results, []);
  await door.deliver((await hub.issue('unlock', { audience: '*' })).sealed);
  t.like(door.results[0], { outcome: 'refused', code: 'command.wrong-audience' });
  await door.deliver((await hub.issue('lockdown', { audience: '*' })).sealed);
  t.like(door.results[1], { outcome: 'done' });
  t.deepEqual(door.codes(), ['command.wrong-audience', 'command.wrong-audience']);
});

test('a verb that nobody knows is journalled and answered, whatever it is called', async (t) => {
  const { door, hub } = await bench(t);
  for (const verb of ['explode', 'constructor', 'valueof']) await door.deliver((await hub.issue(verb)).sealed);
  t.deepEqual(door.codes(), ['command.unknown', 'command.unknown', 'command.unknown']);
  t.true(door.results.every(({ outcome, code }) => outcome === 'refused' && code === 'command.unknown'));
});

test('nothing acts late, and nothing acts early', async (t) => {
  const { door, hub } = await bench(t);
  const late = await hub.issue('lockdown', { lifetimeMs: 10_000 });
  const now = door.clock.nowMs;
  const early = await hub.issue('lockdown', {
    issuedAt: new Date(now + 16_000).toISOString(),
    expiresAt: new Date(now + 26_000).toISOString(),
  });
  door.clock.pass(10_000);
  await door.deliver(late.sealed);
  await door.deliver(early.sealed);
  // What was answered stays answered.
  door.clock.pass(7000);
  await door.deliver(early.sealed);
  t.deepEqual(
    door.results.map(({ code }) => code),
    ['command.expired', 'command.not-yet-valid', 'command.not-yet-valid'],
  );
  t.deepEqual(door.acts, []);
});

test('an order that a later one has overtaken is void', async (t) => {
  const { door, hub } = await bench(t);
  const [lockdown, release] = [await hub.issue('lockdown'), await hub.issue('release')];
  const unlock = await hub.issue('unlock');
  const again = await hub.issue('lockdown');
  await door.deliver(again.sealed);
  for (const overtaken of [release, unlock]) await door.deliver(overtaken.sealed);
  await door.deliver((await hub.issue('release')).sealed);
  await door.deliver(lockdown.sealed);
  t.deepEqual(
    door.acts.map(({ verb }) => verb),
    ['lockdown', 'release'],
  );
  t.deepEqual(door.codes(), ['command.superseded', 'command.superseded', 'command.superseded']);
});

test('without a clock a lockdown locks down, and an unlock has to bring a challenge back, once and at once', async (t) => {
  const { door, hub } = await bench(t);
  door.clock.synced = false;
  await door.deliver((await hub.issue('lockdown')).sealed);
  const release = await hub.issue('release');
  await door.deliver(release.sealed);
  const [, refused] = door.results;
  t.like(refused, { outcome: 'refused', code: 'command.clock-unsynced', clock: 'unsynced' });

  const challenge = refused!.challenge;
  const proven = await hub.issue('release', { challenge });
  await door.deliver(proven.sealed);
  t.like(door.results[2], { outcome: 'done', verb: 'release' });
  await door.deliver((await hub.issue('unlock', { challenge })).sealed);
  t.like(door.results[3], { outcome: 'refused', code: 'command.clock-unsynced' });

  door.clock.pass(usualChallengeLifetimeMs);
  await door.deliver((await hub.issue('unlock', { challenge: door.results[3]!.challenge })).sealed);
  t.like(door.results[4], { outcome: 'refused' });
  // The clock is set: what was refused stays refused.
  door.clock.synced = true;
  await door.deliver(release.sealed);
  t.deepEqual(
    door.acts.map(({ verb }) => verb),
    ['lockdown', 'release'],
  );
});

test('without a clock, a command that is older than what the hub has signed since is not obeyed', async (t) => {
  const { door, hub } = await bench(t);
  const kept = await hub.issue('lockdown');
  door.clock.pass(3_600_000);
  await door.deliver((await hub.issue('diagnose')).sealed);
  door.clock.synced = false;
  await door.deliver(kept.sealed);
  t.like(door.results[1], { outcome: 'refused', code: 'command.clock-unsynced' });
});

test('a damaged memory, and none, refuse what was issued before', async (t) => {
  for (const damage of [(file: string) => writeFileSync(file, 'x\n{}\n'), (file: string) => rmSync(file)]) {
    const { door, hub } = await bench(t);
    const [done, open] = [await hub.issue('unlock'), await hub.issue('lockdown')];
    await door.deliver(done.sealed);
    door.clock.pass(500);
    await door.stop();
    damage(door.memoryFile);
    await door.start();
    for (const { sealed } of [done, open]) await door.deliver(sealed);
    t.deepEqual(door.codes(), ['command.forgotten', 'command.forgotten']);
    door.clock.pass(1);
    await door.deliver((await hub.issue('lockdown')).sealed);
    t.deepEqual(
      door.acts.map(({ verb }) => verb),
      ['unlock', 'lockdown'],
    );
  }
});

test('a damaged memory is told once, and a terminal that had no clock then finds out when it has one', async (t) => {
  const { door, hub } = await bench(t);
  await door.stop();
  writeFileSync(door.memoryFile, 'torn');
  const before = await hub.issue('unlock');
  door.clock.pass(500);
  door.clock.synced = false;
  await door.start();
  await door.restart();
  door.clock.synced = true;
  await door.deliver(before.sealed);
  t.deepEqual(
    door.events.map(({ kind }) => kind),
    ['command.memory-lost', 'command.refused'],
  );
  t.deepEqual(door.codes(), ['command.forgotten']);
});

test('commands beyond those remembered one by one stay refused', async (t) => {
  const { door, hub } = await bench(t);
  const first = await hub.issue('unlock', { lifetimeMs: 600_000 });
  await door.deliver(first.sealed);
  for (let i = 0; i < 70; i++) await door.deliver((await hub.issue('diagnose')).sealed);
  await door.deliver(first.sealed);
  await door.restart();
  await door.deliver(first.sealed);
  t.is(door.acts.filter(({ verb }) => verb === 'unlock').length, 1);
  t.deepEqual([...new Set(door.codes())], ['command.forgotten']);
});

test('a command that comes late brings back none of those between', async (t) => {
  const { door, hub } = await bench(t);
  const late = await hub.issue('explode', { lifetimeMs: 600_000 });
  const unlock = await hub.issue('unlock', { lifetimeMs: 600_000 });
  await door.deliver(unlock.sealed);
  for (let i = 0; i < 70; i++) await door.deliver((await hub.issue('diagnose')).sealed);
  await door.deliver(late.sealed);
  await door.deliver(unlock.sealed);
  t.is(door.acts.filter(({ verb }) => verb === 'unlock').length, 1);
  t.deepEqual(door.codes(), ['command.unknown', 'command.forgotten']);
});

test('what cannot be written down opens nothing; it does not keep a door from being locked', async (t) => {
  const { door, hub } = await bench(t);
  door.onJournal = () => {
    throw new LimenError('disk.full', 'There is no space left.');
  };
  await door.deliver((await hub.issue('unlock')).sealed);
  await door.deliver((await hub.issue('lockdown')).sealed);
  t.deepEqual(
    door.acts.map(({ verb }) => verb),
    ['lockdown'],
  );
  t.like(door.results[0], { outcome: 'failed', code: 'disk.full' });
  t.like(door.results[1], { outcome: 'done' });
});

test('a disk that takes longer than the command is good for opens nothing', async (t) => {
  const { door, hub } = await bench(t);
  door.onJournal = () => door.clock.pass(10_000);
  await door.deliver((await hub.issue('unlock')).sealed);
  await door.deliver((await hub.issue('unlock', { lifetimeMs: 10_001 })).sealed);
  t.is(door.acts.length, 1);
  t.deepEqual(
    door.results.map(({ outcome, code }) => [outcome, code]),
    [
      ['failed', 'command.expired'],
      ['done', null],
    ],
  );
});

test('rubbish does not keep what the hub really said out of the journal', async (t) => {
  const { door, hub } = await bench(t);
  for (let i = 0; i < 30; i++) await door.deliver(`rubbish ${i}`);
  await door.deliver((await hub.issue('explode')).sealed);
  t.is(door.codes().at(-1), 'command.unknown');
});

test('what the verb throws is the answer', async (t) => {
  const { door, hub } = await bench(t);
  door.onAct = () => Promise.reject(new LimenError('door.lockdown', 'The door is locked down.'));
  await door.deliver((await hub.issue('unlock')).sealed);
  t.like(door.results[0], { outcome: 'failed', code: 'door.lockdown', message: 'The door is locked down.' });
  t.like(door.events[1], { kind: 'command.failed', body: { code: 'door.lockdown' } });
});

test('a flood of refusals does not wear out the disk', async (t) => {
  const { door } = await bench(t);
  for (let i = 0; i < 500; i++) await door.deliver(`rubbish ${i}`);
  t.is(door.events.length, 20);
});
