import test from 'ava';
import type { FinalVerdict } from '../../src/domain/verdict.ts';
import { faceAt, seenAt } from '../support/seen.ts';
import { evidence, grant, makeDesk, rowOf, stranger } from './support.ts';

const looking = { guidance: null, rests: false };
const denied = (reason: 'locked-out' | 'out-of-schedule', factors: string[]): FinalVerdict => ({
  ...{ kind: 'deny', reason, personId: 'ada' },
  evidence: { ...evidence, access: { rule: 'r', says: 's', factors } },
});

test('nobody, somebody who is looked at, a grant, and nobody again, each told once', (t) => {
  const screen = makeDesk();
  t.deepEqual(screen.view, { kind: 'idle' });
  screen.desk.seen(seenAt(0, [faceAt({})]), looking);
  screen.desk.seen(seenAt(100, [faceAt({})]), looking);
  screen.desk.verdict(grant);
  screen.desk.seen(seenAt(200, [faceAt({})]), { guidance: null, rests: true });
  screen.pass(5000);
  t.deepEqual(
    screen.states.map(({ view }) => view),
    [{ kind: 'looking', guidance: null }, { kind: 'granted', who: 'Ada Lovelace' }, { kind: 'idle' }],
  );
});

test('guidance is told once it lasts, so that the screen does not flicker', (t) => {
  const screen = makeDesk();
  const see = (guidance: 'blurred' | 'too-small' | null) =>
    screen.desk.seen(seenAt(screen.now(), [faceAt({})]), { guidance, rests: false });
  see('too-small');
  t.deepEqual(screen.view, { kind: 'looking', guidance: 'too-small' });
  for (const guidance of [null, 'blurred', 'too-small', null] as const) {
    screen.pass(100);
    see(guidance);
  }
  t.deepEqual(screen.view, { kind: 'looking', guidance: 'too-small' });
  screen.pass(300);
  see(null);
  t.deepEqual(screen.view, { kind: 'looking', guidance: null });
});

test('two people side by side are asked to come one at a time', (t) => {
  const screen = makeDesk();
  screen.desk.seen(seenAt(0, [faceAt({}), faceAt({ x: 300 })]), { guidance: 'turned-away', rests: false });
  t.deepEqual(screen.view, { kind: 'looking', guidance: 'one-at-a-time' });
});

test('where the face is goes out with every picture, also while a verdict is shown', (t) => {
  const screen = makeDesk();
  screen.desk.verdict(stranger);
  const seen = seenAt(0, [faceAt({})]);
  screen.desk.seen(seen, looking);
  screen.desk.seen(seenAt(100, []), null);
  t.like(screen.told.at(-2), { type: 'face', widthPx: seen.widthPx, box: { x: 100 } });
  t.like(screen.told.at(-1), { type: 'face', box: null });
  t.is(screen.view.kind, 'denied');
});

test('lockdown beats everything; a grant is not shown where nothing opens', (t) => {
  const screen = makeDesk();
  screen.facts.door = { state: 'lockdown', lockdown: true, holding: false };
  screen.desk.verdict(grant);
  t.deepEqual(screen.view, { kind: 'lockdown' });
  screen.facts.door = { state: 'fault', lockdown: false, holding: false };
  t.deepEqual(screen.view, { kind: 'out-of-order', part: 'door' });
});

test('a door that fails to open takes the welcome back', (t) => {
  const screen = makeDesk();
  screen.desk.verdict(grant);
  screen.desk.event(rowOf('door.fault', { code: 'door.fault', reason: 'stuck' }));
  t.deepEqual(screen.view, { kind: 'out-of-order', part: 'door' });
});

test('a PIN is asked for with the time that is left; whose face it was is not said', (t) => {
  const screen = makeDesk();
  screen.facts.awaited = { claimed: false, untilMs: 21_000 };
  screen.desk.event(rowOf('access.factor-asked', { personId: 'ada', accept: ['pin'], withinMs: 20_000 }));
  t.deepEqual(screen.view, { kind: 'asked', accept: ['pin'], untilMs: 21_000, refused: 0 });
  screen.desk.event(rowOf('access.factor-refused', { factor: 'pin', personId: 'ada', reason: 'wrong-pin', waits: {} }));
  t.is(screen.desk.state.refusals, 1);
  t.notRegex(JSON.stringify(screen.told), /ada|wrong/i);
  screen.facts.awaited = null;
  screen.desk.verdict(grant);
  t.deepEqual(screen.view, { kind: 'granted', who: 'Ada Lovelace' });
});

test('being asked again is told again, for the new time', (t) => {
  const screen = makeDesk();
  screen.facts.awaited = { claimed: false, untilMs: 5000 };
  screen.desk.refresh();
  screen.facts.awaited = { claimed: false, untilMs: 9000 };
  screen.desk.refresh();
  t.deepEqual(
    screen.states.map(({ view }) => 'untilMs' in view && view.untilMs),
    [5000, 9000],
  );
});

test('that PINs are refused for a while is told to whose face it is, and else looks like any wrong PIN', (t) => {
  const screen = makeDesk();
  screen.desk.verdict(denied('locked-out', ['pin']));
  t.is(screen.view.kind, 'idle');
  t.is(screen.desk.state.refusals, 1);
  screen.desk.verdict(denied('locked-out', ['face']));
  t.deepEqual(screen.view, { kind: 'denied', advice: 'wait-a-while' });
});

test('refusals that the pad tells itself are not told twice', (t) => {
  const screen = makeDesk({ refusalsWait: () => true });
  screen.desk.event(rowOf('access.factor-refused', { factor: 'pin', personId: null, reason: 'wrong-pin', waits: {} }));
  screen.desk.verdict(denied('locked-out', []));
  t.is(screen.desk.state.refusals, 0);
});

test('what a time clock recorded is shown, with what was before it; the grant alone is not', (t) => {
  const before = { direction: 'out', at: '2026-11-27T16:00:00Z' } as const;
  const now = { direction: 'in', at: '2026-11-28T07:00:00Z' } as const;
  const screen = makeDesk({ mode: 'punch', punchesOf: () => [now, before] });
  screen.desk.punch({ kind: 'recorded', personId: 'ada', name: 'Ada Lovelace', ...now, by: 'key' });
  screen.desk.verdict(grant);
  t.deepEqual(screen.view, { kind: 'punched', who: 'Ada Lovelace', punch: now, already: false, before: [before] });
});

test('whoever has to choose is waited for, and told when nothing was chosen', (t) => {
  const screen = makeDesk({ mode: 'punch', names: 'initials' });
  const whose = { personId: 'ada', name: 'Ada Lovelace' };
  screen.desk.punch({ kind: 'choose', ...whose, withinMs: 15_000 });
  t.deepEqual(screen.view, { kind: 'choose', who: 'AL', untilMs: 16_000 });
  screen.desk.punch({ kind: 'not-chosen', ...whose });
  t.deepEqual(screen.view, { kind: 'not-chosen' });
  screen.pass(10_000);
  t.deepEqual(screen.view, { kind: 'idle' });
});

test('a camera that is gone, a broker that is away and a door that stands open are told without anybody asking', (t) => {
  const screen = makeDesk();
  screen.desk.event(rowOf('camera.stalled', { camera: 'c', code: 'camera.stalled', reason: 'r', retryInMs: 1 }));
  t.deepEqual(screen.view, { kind: 'out-of-order', part: 'camera' });
  screen.desk.event(rowOf('camera.recovered', { camera: 'c', silentMs: 1 }));
  screen.facts.online = false;
  screen.facts.door = { state: 'held-open', lockdown: false, holding: false };
  screen.desk.refresh();
  t.like(screen.states.at(-1), { view: { kind: 'idle' }, online: false, notice: 'close-the-door' });
});

test('nothing that a stranger is shown differs, whatever they were refused for', (t) => {
  const reasons = [
    'unknown',
    'ambiguous',
    'spoof',
    'no-liveness',
    'challenge-failed',
    'poor-quality',
    'no-gallery',
  ] as const;
  const shown = reasons.map((reason) => {
    const screen = makeDesk();
    screen.desk.verdict({ ...stranger, kind: 'deny', reason, personId: reason === 'unknown' ? null : 'ada' });
    screen.pass(20_000);
    return JSON.stringify(screen.states);
  });
  t.is(new Set(shown).size, 1);
});
