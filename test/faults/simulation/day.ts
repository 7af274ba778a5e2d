import type { Occurrence } from '../../../src/domain/event.ts';
import { somebody } from '../../support/sync.ts';
import { fairWeather, SimulatedBroker, type Weather } from './broker.ts';
import { type Chance, chance } from './chance.ts';
import { SimulatedHub } from './hub.ts';
import { SimulatedTerminal, type World } from './terminal.ts';
import { VirtualTime } from './virtual-time.ts';

/** What happened on a simulated day. */
export interface Day {
  readonly time: VirtualTime;
  readonly hub: SimulatedHub;
  readonly terminals: readonly SimulatedTerminal[];
  readonly broker: SimulatedBroker;
  readonly kills: Record<'broker' | 'hub' | 'restored' | 'terminal' | 'powerCuts', number>;
  /** Fair weather, everybody alive; true when hub and terminals agree within two hours. */
  evening(agree: () => Promise<boolean>): Promise<boolean>;
}

const hourMs = 3_600_000;
const steps = 60;
const names = ['door-1', 'clock-1'] as const;

/** A day of enrolments, punches, commands and disasters, all by `seed`. */
export async function liveThrough(options: { seed: number; folder: string }): Promise<Day> {
  const { seed, folder } = options;
  const dice = chance(seed);
  const time = new VirtualTime();
  const broker = new SimulatedBroker({ time, chance: dice, keepsSessions: dice.percent(50) });
  const world: World = { time, chance: dice, broker, saysStatus: true };
  const hub = new SimulatedHub(world, folder);
  const terminals = names.map((name) => new SimulatedTerminal(name, world));
  const day = new Script(world, hub, terminals);
  await hub.start();
  for (const terminal of terminals) terminal.start();
  for (let step = 0; step < steps; step++) {
    await time.run(time.nowMs + dice.between(1, 240_000));
    await day.next();
  }
  return { time, hub, terminals, broker, kills: day.kills, evening: (agree) => day.evening(agree) };
}

class Script {
  readonly kills = { broker: 0, hub: 0, restored: 0, terminal: 0, powerCuts: 0 };
  readonly #world: World;
  readonly #dice: Chance;
  readonly #losesBooks: boolean;
  readonly #hub: SimulatedHub;
  readonly #terminals: readonly SimulatedTerminal[];
  #people = 0;

  constructor(world: World, hub: SimulatedHub, terminals: readonly SimulatedTerminal[]) {
    this.#world = world;
    this.#dice = world.chance;
    this.#losesBooks = this.#dice.percent(60);
    this.#hub = hub;
    this.#terminals = terminals;
  }

  async next(): Promise<void> {
    const dice = this.#dice;
    const which = dice.between(0, 99);
    if (which < 40) for (let i = dice.between(1, 6); i > 0; i--) dice.pick(this.#terminals).happen(this.#occurrence());
    else if (which < 55) this.#changeGallery();
    else if (which < 58) this.#hub.setRules({ note: `rules ${dice.between(1, 1e9)}` });
    else if (which < 68) this.#command();
    else if (which < 72) await this.#pruneOrBackUp();
    else if (which < 77) this.#world.broker.weather = this.#weather();
    else if (which < 80) this.#turnClock();
    else if (which < 82) this.#world.broker.save();
    else if (which < 86) this.#world.broker.cut(() => dice.percent(60));
    else await this.#disaster();
    await this.#revive(70);
  }

  async evening(agree: () => Promise<boolean>): Promise<boolean> {
    const { broker, time } = this.#world;
    broker.weather = fairWeather;
    await this.#revive(100);
    for (const terminal of this.#terminals) terminal.offByMs = 0;
    // A lost message costs the connection: so it is over TCP, whatever else a broker does.
    broker.cut(() => true);
    const endMs = time.nowMs + 2 * hourMs;
    while (time.nowMs < endMs) {
      await time.run(time.nowMs + 10_000);
      await this.#revive(100);
      if (await agree()) return true;
    }
    return false;
  }

  #occurrence(): Occurrence {
    const dice = this.#dice;
    const personId = `p${dice.between(1, Math.max(1, this.#people))}`;
    if (dice.percent(50)) return { kind: 'door.opened', body: { cause: 'granted', personId } };
    return { kind: 'door.unlocked', body: { cause: 'granted', personId, pulseMs: dice.between(1000, 5000) } };
  }

  #changeGallery(): void {
    const dice = this.#dice;
    const known = [...this.#hub.returned.values()].filter(({ kind }) => kind === 'person').map(({ id }) => id);
    const id = known.length > 0 && dice.percent(60) ? dice.pick(known) : `p${++this.#people}`;
    const { version: _none, ...person } = somebody(id);
    const name = `${id} ${dice.between(1, 1e6)}`;
    if (!known.includes(id)) this.#hub.change((store) => store.add({ ...person, name }));
    else if (dice.percent(30)) this.#hub.change((store) => store.erase(id));
    else this.#hub.change((store) => store.replace({ ...person, name }));
  }

  #command(): void {
    const dice = this.#dice;
    const verb = dice.pick(['unlock', 'unlock', 'lock', 'lockdown', 'release', 'diagnose'] as const);
    const toAll = verb === 'lockdown' || verb === 'release';
    const audience = toAll && dice.percent(50) ? '*' : dice.pick(names);
    this.#hub.command({ audience, verb, reason: null, issuer: 'somebody', timeoutMs: dice.pick([1000, 5000, 30_000]) });
  }

  #turnClock(): void {
    const dice = this.#dice;
    const years = dice.between(-40, 40) * 365 * 24 * hourMs;
    dice.pick(this.#terminals).offByMs = dice.percent(50) ? 0 : years + dice.between(1, hourMs);
  }

  /** What was deleted cannot come again: on a day on which the hub loses its books, terminals keep everything. */
  async #pruneOrBackUp(): Promise<void> {
    if (this.#losesBooks) await this.#hub.backUp();
    else this.#dice.pick(this.#terminals).prune();
  }

  #weather(): Weather {
    const dice = this.#dice;
    if (dice.percent(25)) return fairWeather;
    const most = () => (dice.percent(50) ? 0 : dice.between(1, 40));
    const mostDelayMs = dice.pick([5, 200, 5000, 120_000]);
    return { lost: most(), unanswered: most(), dropped: most(), doubled: most(), mostDelayMs };
  }

  async #disaster(): Promise<void> {
    const dice = this.#dice;
    const which = dice.between(0, 9);
    if (which < 2 && this.#world.broker.up) {
      this.kills.broker++;
      this.#world.broker.kill(dice.percent(30));
    } else if (which < 5 && this.#hub.running !== null) {
      this.kills.hub++;
      if (this.#losesBooks && dice.percent(80) && (await this.#hub.loseEvents())) {
        this.kills.restored++;
        return;
      }
      // In the middle of a change, a batch or a publication as well: some steps of the program after this one.
      if (dice.percent(50)) this.#changeGallery();
      if (dice.percent(40)) this.#hub.running.life.killAtAct(dice.between(1, 20));
      else {
        for (let turns = dice.between(0, 60); turns > 0; turns--) await null;
        await this.#hub.stop();
      }
    } else {
      const terminal = dice.pick(this.#terminals);
      if (terminal.life === null) return;
      this.kills.terminal++;
      if (dice.percent(60)) terminal.life.killAtAct(dice.between(1, 30));
      else terminal.life.kill();
      if (terminal.life === null && dice.percent(50)) {
        this.kills.powerCuts++;
        terminal.disk.cutPower();
      }
    }
  }

  /** Whoever is down comes back, each with this probability. */
  async #revive(percent: number): Promise<void> {
    const { broker } = this.#world;
    if (!broker.up && this.#dice.percent(percent)) broker.up = true;
    if (this.#hub.running === null && this.#dice.percent(percent)) await this.#hub.start();
    for (const terminal of this.#terminals) {
      if (terminal.life === null && this.#dice.percent(percent)) terminal.start();
    }
  }
}
