import { join } from 'node:path';
import { type Plan, plainPolicy } from '../../../src/attendance/plan.ts';
import type { Evidence } from '../../../src/domain/verdict.ts';
import { type AttendanceOffice, attendanceOffice } from '../../../src/hub/attendance-office.ts';
import { createHubKeys } from '../../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../../src/hub/hub-keyring.ts';
import { somebody } from '../../support/sync.ts';
import { fairWeather, SimulatedBroker } from './broker.ts';
import { chance } from './chance.ts';
import { SimulatedHub } from './hub.ts';
import { type Intent, type MonthScript, scriptOf, worksAtNight } from './month-script.ts';
import { SimulatedTerminal, type World } from './terminal.ts';
import { VirtualTime } from './virtual-time.ts';

/** A punch that a terminal has written down, as the script knows it. */
export interface Written extends Intent {
  /** `<terminal>:<seq>`. */
  readonly id: string;
}

/** What happened in a simulated month. */
export interface Month {
  readonly script: MonthScript;
  /** The script's own book: every punch that somebody was thanked for. */
  readonly book: readonly Written[];
  readonly hub: SimulatedHub;
  readonly terminals: readonly SimulatedTerminal[];
  readonly kills: { hub: number; terminal: number; broker: number };
  /** The office on the hub's books as they are now. */
  office(): Promise<AttendanceOffice>;
}

const hourMs = 3_600_000;
const at = (text: string) => Date.parse(text);
/** Two terminals whose cable is out, and one whose clock is behind after a power cut. */
const offline = { names: ['clock-3', 'clock-4'], fromMs: at('2026-03-09T00:00Z'), toMs: at('2026-03-16T00:00Z') };
const wrongClock = {
  name: 'clock-7',
  fromMs: at('2026-03-17T03:00Z'),
  toMs: at('2026-03-19T13:00Z'),
  offByMs: -77 * 24 * hourMs - 1234,
};

/** The plan of a works in Berlin: days and nights, the bare time between punches. */
export const plan: Plan = {
  sites: { works: { timeZone: 'Europe/Berlin' } },
  holidays: {},
  shifts: {
    day: { kind: 'fixed', stretches: [{ from: '08:00', to: '16:30' }] },
    night: { kind: 'fixed', stretches: [{ from: '22:00', to: '06:00' }] },
  },
  rotas: {
    days: { from: '2026-01-05', days: ['day', 'day', 'day', 'day', 'day', null, null] },
    nights: { from: '2026-01-05', days: ['night', 'night', 'night', 'night', 'night', null, null] },
  },
  policies: { bare: plainPolicy },
  groups: { night: { rota: 'nights' } },
  people: {},
  everybody: { rota: 'days', policy: 'bare' },
  travel: [],
};

/** A month of `people` people and ten terminals, all by `seed`; in the end everything has arrived. */
export async function liveThroughMonth(options: { seed: number; folder: string; people: number }): Promise<Month> {
  const { seed, folder, people } = options;
  const dice = chance(seed);
  const time = new VirtualTime();
  const world: World = { time, chance: dice, broker: new SimulatedBroker({ time, chance: dice, keepsSessions: true }) };
  const hub = new SimulatedHub(world, folder);
  const terminals = Array.from({ length: 10 }, (_, i) => new SimulatedTerminal(`clock-${i + 1}`, world));
  const keyFile = join(folder, 'hub-keys.json');
  await createHubKeys(keyFile);
  const keys = await openHubKeyring(keyFile);
  const clock = { now: () => new Date(time.nowMs), monotonicMs: () => time.nowMs, quality: () => 'synced' as const };
  const office = async () => attendanceOffice({ store: hub.running!.store, keys, clock });
  await hub.start();
  await (await office()).setPlan(plan, { author: 'boss', reason: 'as agreed' });
  for (let i = 1; i <= people; i++) {
    const groups = worksAtNight(i) ? ['night'] : [];
    hub.change((store) => store.add({ ...somebody(`p${i}`), groups }));
  }
  const script = scriptOf(dice, people);
  const works = new Works(world, hub, terminals);
  await works.liveThrough(script.intents);
  return { script, book: works.book, hub, terminals, kills: works.kills, office };
}

class Works {
  readonly book: Written[] = [];
  readonly kills = { hub: 0, terminal: 0, broker: 0 };
  readonly #world: World;
  readonly #hub: SimulatedHub;
  readonly #terminals: readonly SimulatedTerminal[];
  #nextHourMs: number;

  constructor(world: World, hub: SimulatedHub, terminals: readonly SimulatedTerminal[]) {
    this.#world = world;
    this.#hub = hub;
    this.#terminals = terminals;
    this.#nextHourMs = world.time.nowMs;
    for (const terminal of terminals) start(terminal);
  }

  async liveThrough(intents: readonly Intent[]): Promise<void> {
    const { time } = this.#world;
    for (const intent of intents) {
      await this.#passUntil(intent.atMs);
      // Whom nobody thanks tries again, at another terminal perhaps.
      while (!this.#punches(intent)) {
        await this.#reviveAll();
        await time.run(time.nowMs + 5000);
      }
    }
    await this.#passUntil(time.nowMs + 24 * hourMs);
    await this.#evening();
  }

  #punches(intent: Intent): boolean {
    const { chance, time } = this.#world;
    const terminal = chance.pick(this.#terminals);
    const { personId, code } = intent;
    const before = terminal.truth.length;
    const body = { personId, name: `Person ${personId}`, direction: code, evidence };
    terminal.happen({ kind: 'punch.recorded', body });
    const event = terminal.truth.slice(before).find(({ kind }) => kind === 'punch.recorded');
    if (event === undefined) return false;
    this.book.push({ ...intent, atMs: time.nowMs, id: `${terminal.name}:${event.seq}` });
    return true;
  }

  async #passUntil(untilMs: number): Promise<void> {
    const { time } = this.#world;
    while (this.#nextHourMs <= untilMs) {
      await time.run(this.#nextHourMs);
      await this.#everyHour();
      this.#nextHourMs += hourMs;
    }
    await time.run(untilMs);
  }

  async #everyHour(): Promise<void> {
    const { broker, chance, time } = this.#world;
    await this.#reviveAll();
    this.#pullCables(time.nowMs);
    this.#turnClock(time.nowMs);
    if (chance.percent(20)) broker.weather = { lost: 3, unanswered: 3, dropped: 3, doubled: 3, mostDelayMs: 5000 };
    else if (chance.percent(50)) broker.weather = fairWeather;
    if (chance.percent(15)) {
      this.kills.hub++;
      // In the middle of taking something in, too.
      if (chance.percent(50)) this.#hub.running?.life.killAtAct(chance.between(1, 50));
      else await this.#hub.stop();
    }
    if (chance.percent(2)) {
      this.kills.broker++;
      broker.kill(chance.percent(30));
    }
    const terminal = chance.pick(this.#terminals);
    // What an unset clock has said is known only as long as nobody starts anew.
    if (terminal.offByMs === 0 && chance.percent(10)) {
      this.kills.terminal++;
      terminal.life?.killAtAct(chance.between(1, 30));
    }
    if (chance.percent(5)) for (const each of this.#terminals) each.prune();
  }

  #pullCables(nowMs: number): void {
    const { unreachable } = this.#world.broker;
    const isOut = offline.fromMs <= nowMs && nowMs < offline.toMs;
    for (const name of offline.names) {
      if (isOut) unreachable.add(name);
      else unreachable.delete(name);
    }
    if (isOut) this.#world.broker.cut((id) => unreachable.has(id));
  }

  #turnClock(nowMs: number): void {
    const terminal = this.#terminals.find(({ name }) => name === wrongClock.name)!;
    if (nowMs === wrongClock.fromMs) {
      terminal.life?.kill();
      terminal.offByMs = wrongClock.offByMs;
      start(terminal);
    }
    if (nowMs === wrongClock.toMs) {
      terminal.offByMs = 0;
      terminal.lookAtClock();
    }
  }

  async #reviveAll(): Promise<void> {
    this.#world.broker.up = true;
    if (this.#hub.running === null) await this.#hub.start();
    for (const terminal of this.#terminals) if (terminal.life === null) start(terminal);
  }

  async #evening(): Promise<void> {
    const { broker, time } = this.#world;
    await this.#reviveAll();
    broker.weather = fairWeather;
    broker.cut(() => true);
    const isDone = () => this.#terminals.every(({ disk, truth }) => disk.acknowledged === truth.at(-1)?.seq);
    await time.run(time.nowMs + 6 * hourMs, isDone);
  }
}

/** Every start is in the journal: what an unset clock said before it can be put right by nobody. */
function start(terminal: SimulatedTerminal): void {
  terminal.start();
  const body = { version: '1', pack: 'test', embedder: 'test/1', galleryVersion: 0, people: 0 };
  terminal.happen({ kind: 'terminal.started', body });
}

const evidence: Evidence = {
  ...{ trackId: 1, framesSeen: 5, framesUsed: 4, agreeing: 3, distance: 0.01, threshold: 0.05, margin: 0.2 },
  ...{ elapsedMs: 700, decidingMs: 500, liveness: 0.9, qualityFailures: [], galleryVersion: 1, galleryPeople: 1 },
  model: 'test/1',
};
