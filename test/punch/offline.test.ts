import { join } from 'node:path';
import test from 'ava';
import { plainPolicy } from '../../src/attendance/plan.ts';
import type { EventBodies } from '../../src/domain/event.ts';
import { attendanceOffice } from '../../src/hub/attendance-office.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { lastPunchKinds } from '../../src/punch/last-punches.ts';
import { PunchChoice } from '../../src/punch/punch-choice.ts';
import { PunchClock } from '../../src/punch/punch-clock.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { clockSteps } from '../../src/runtime/clock-steps.ts';
import { temporaryFolders } from '../support/folders.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerKinds, brokerOf, startHub, startTerminal } from '../support/site.ts';
import { until } from '../support/sync.ts';
import { grantOf, WallClock } from './support.ts';

const folder = temporaryFolders(test);
const minute = 60_000;
const hour = 60 * minute;

/** A time clock on a real journal on the disk, in the time of the test. */
class Gate {
  readonly clock: WallClock;
  readonly #file = join(folder(), 'journal.db');
  #journal: Journal;
  #punches: PunchClock;
  #steps: { look(): void };

  constructor(clock: WallClock) {
    this.clock = clock;
    [this.#journal, this.#punches, this.#steps] = this.#start();
  }

  get journal(): Journal {
    return this.#journal;
  }

  come(personId: string): void {
    this.#journal.append({
      kind: 'verdict.granted',
      body: { personId, name: personId, evidence: grantOf(personId).evidence },
    });
    this.#punches.punch(grantOf(personId));
  }

  look(): void {
    this.#steps.look();
  }

  /** A power cut: nothing is closed in good order. */
  restart(): void {
    this.#journal.close();
    this.clock.boot();
    [this.#journal, this.#punches, this.#steps] = this.#start();
  }

  #start(): [Journal, PunchClock, { look(): void }] {
    const { clock } = this;
    const journal = openJournal({ file: this.#file, terminal: 'gate-1', clock });
    const body = { version: '1', pack: 'p', embedder: 'e', galleryVersion: 1, people: 2 };
    journal.append({ kind: 'terminal.started', body });
    const steps = clockSteps(clock, (occurrence) => void journal.append(occurrence));
    const punches = new PunchClock({
      ...{ clock, role: 'alternate', debounceMs: minute, forgetAfterMs: 16 * hour },
      choice: new PunchChoice({ keys: [], lastsMs: 15_000, clock }),
      report: (occurrence) => journal.append(occurrence),
      recent: journal.latestOf(lastPunchKinds, 1000),
      beforePunch: () => steps.look(),
    });
    return [journal, punches, steps];
  }
}

const plan = {
  sites: { works: { timeZone: 'Europe/Berlin' } },
  holidays: {},
  shifts: { day: { kind: 'fixed' as const, stretches: [{ from: '08:00', to: '16:30' }] } },
  rotas: { weekdays: { from: '2026-01-05', days: ['day', 'day', 'day', 'day', 'day', null, null] } },
  policies: { agreed: plainPolicy },
  groups: {},
  people: {},
  everybody: { rota: 'weekdays', policy: 'agreed' },
  travel: [],
};

for (const kind of brokerKinds) {
  test.serial(
    `${kind}: four weeks without a network, with power cuts: every punch at the hub, in order, once`,
    async (t) => {
      const broker = await brokerOf(t, kind);
      if (broker === null) return;
      const clock = new WallClock('2026-03-02T00:00:00Z');
      const gate = new Gate(clock);
      const script: [personId: string, at: string][] = [];
      // Monday to Friday of four weeks, over the night in which the clocks go forward; the machine is switched off at noon.
      for (let day = 0; day < 28; day++) {
        if (day % 7 > 4) continue;
        const midnight = Date.parse('2026-03-02T00:00:00+01:00') + day * 24 * hour - (day >= 27 ? hour : 0);
        for (const [who, fromHour, toHour] of [
          ['ada', 8, 16.5],
          ['bo', 6, 14],
        ] as const) {
          script.push([who, new Date(midnight + fromHour * hour).toISOString()]);
          script.push([who, new Date(midnight + toHour * hour).toISOString()]);
        }
      }
      script.sort(([, a], [, b]) => (a < b ? -1 : 1));
      for (const [who, at] of script) {
        clock.until(at);
        gate.come(who);
        clock.pass(30_000);
        gate.come(who);
        if (at.includes('T07:00')) gate.restart();
      }
      const { journal } = gate;
      t.is(journal.acknowledgedSeq, 0);

      await broker.start();
      const keys = await freshKeys(t);
      const hub = await startHub(t, { broker, keys });
      let heard = 0;
      hub.hub.onEvent(() => heard++);
      const first = await startTerminal(t, { broker, keys, name: 'gate-1', journal });
      // In the middle of it the terminal loses its connection for good, and another of the same name goes on.
      await until(() => heard > 40);
      await first.stop();
      await startTerminal(t, { broker, keys, name: 'gate-1', journal });
      await until(() => journal.acknowledgedSeq === journal.lastSeq);

      const stored = await hub.store.db.selectFrom('punches').selectAll().orderBy('seq').execute();
      t.deepEqual(
        stored.map(({ person_id, at }) => [person_id, at]),
        script,
      );
      t.deepEqual(
        stored.filter(({ person_id }) => person_id === 'ada').map(({ code }) => code),
        Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'in' : 'out')),
      );
      t.is(heard, journal.lastSeq);
      t.is(journal.latestOf(['punch.not-recorded'], 1000).length, script.length, 'each was said to be there already');
      t.deepEqual(await hub.store.db.selectFrom('gaps').selectAll().execute(), []);
    },
  );
}

test('a wrong clock, put right in the middle of the day: the hub counts the true times, and shows what was recorded and why', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  // A Pi after a power cut: its clock goes on where it was switched off, two days and three hours too early.
  const lateMs = 51 * hour;
  const clock = new WallClock(new Date(Date.parse('2026-03-04T06:50:00Z') - lateMs).toISOString());
  clock.synced = 'unsynced';
  const gate = new Gate(clock);
  clock.pass(10 * minute);
  gate.come('ada');
  // Four hours later the network is back, and the clock is put right a moment before somebody comes.
  clock.pass(4 * hour);
  clock.step(lateMs);
  clock.synced = 'synced';
  gate.come('bo');
  clock.until('2026-03-04T15:30:00Z');
  gate.look();
  gate.come('ada');
  gate.come('bo');

  const keys = await freshKeys(t);
  const hub = await startHub(t, { broker, keys });
  await startTerminal(t, { broker, keys, name: 'gate-1', journal: gate.journal });
  await until(() => gate.journal.acknowledgedSeq === gate.journal.lastSeq);
  const keyFile = join(folder(), 'hub-keys.json');
  await createHubKeys(keyFile);
  const office = attendanceOffice({ store: hub.store, keys: await openHubKeyring(keyFile), clock: systemClock });
  await office.setPlan(plan, { author: 'boss', reason: 'as agreed' });
  const worked: Record<string, unknown> = {};
  for await (const { worker, days } of office.report({ from: '2026-03-04', to: '2026-03-04' })) {
    const [day] = days;
    const [arrival] = day?.punches ?? [];
    worked[worker.id] = [day?.workedMs, arrival?.at, arrival?.corrected?.at, day?.findings];
    if (worker.id === 'ada')
      t.regex(arrival?.corrected?.reason ?? '', /was not set; event \d+ put it right by 183600 s/);
  }
  t.deepEqual(worked, {
    ada: [8.5 * hour, '2026-03-02T04:00:00.000Z', '2026-03-04T07:00:00.000Z', []],
    bo: [4.5 * hour, '2026-03-04T11:00:00.000Z', undefined, []],
  });
  const bodies = gate.journal.latestOf(['clock.stepped', 'clock.synced', 'punch.recorded'], 10);
  t.deepEqual(
    bodies.map((row) => [row.kind, row.clock]),
    [
      ['punch.recorded', 'unsynced'],
      ['clock.stepped', 'synced'],
      ['clock.synced', 'synced'],
      ['punch.recorded', 'synced'],
      ['punch.recorded', 'synced'],
      ['punch.recorded', 'synced'],
    ],
  );
  t.is((bodies[1]!.body as EventBodies['clock.stepped']).byMs, lateMs);
});
