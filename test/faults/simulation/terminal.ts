import type { LimenEvent, Occurrence } from '../../../src/domain/event.ts';
import type { GallerySnapshot } from '../../../src/gallery/gallery-store.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { clockSteps } from '../../../src/runtime/clock-steps.ts';
import { openCommandDesk } from '../../../src/sync/command-desk.ts';
import type { Command } from '../../../src/sync/command-messages.ts';
import type { Link } from '../../../src/sync/link.ts';
import { type Status, wireFormat } from '../../../src/sync/messages.ts';
import { openGalleryReplica } from '../../../src/sync/replica.ts';
import { followRules } from '../../../src/sync/rules-replica.ts';
import { topicsOf } from '../../../src/sync/topics.ts';
import { openUplink } from '../../../src/sync/uplink.ts';
import { watchedVerbs } from '../../support/commands.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Chance } from './chance.ts';
import { SimulatedDisk } from './disk.ts';
import { opening, terminalSealing } from './envelope.ts';
import { Killed, Life } from './life.ts';
import { simulatedLink } from './link.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the parts of a simulated site share. */
export interface World {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly broker: SimulatedBroker;
  /** Terminals say how their journal is, so that a hub notices what it has lost. Costs messages. */
  readonly saysStatus?: boolean;
}

/** A command that was carried out. */
export interface Act {
  readonly terminal: string;
  readonly verb: string;
  readonly command: Command;
  readonly atMs: number;
  /** The clock was the true time, and said so. */
  readonly clockWasTrue: boolean;
}

/** A terminal with everything it has to do with a broker, over its lives. */
export class SimulatedTerminal {
  readonly name: string;
  readonly disk: SimulatedDisk;
  /** Every event that `append` returned, whoever was killed since. */
  readonly truth: LimenEvent[] = [];
  readonly acts: Act[] = [];
  offByMs = 0;
  inForce: GallerySnapshot | null = null;
  readonly #world: World;
  #life: Life | null = null;
  #append: (occurrence: Occurrence) => void = () => {};
  #prune: () => void = () => {};
  #look: () => void = () => {};

  constructor(name: string, world: World) {
    this.name = name;
    this.#world = world;
    this.disk = new SimulatedDisk(world.chance);
  }

  get life(): Life | null {
    return this.#life?.dead === false ? this.#life : null;
  }

  /** Begin a life. What it waits for takes time, so nobody waits for the start. */
  start(): void {
    this.#life = new Life(this.#world.time, this.#world.chance.next);
    this.#open(this.#life).catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
  }

  async #open(life: Life): Promise<void> {
    const { time, chance, broker } = this.#world;
    const clock = life.clock(() => this.offByMs);
    const journal = this.disk.journal({ terminal: this.name, life, clock });
    const link = simulatedLink({ clientId: this.name, broker, chance, life });
    const names = {
      site: 'plant',
      terminal: this.name,
      link,
      clock,
      opener: opening,
      sealer: terminalSealing,
      timers: life.timers,
    };
    let wake = () => {};
    const report = (occurrence: Occurrence) => {
      this.truth.push(journal.append(occurrence));
      wake();
    };
    this.#append = report;
    this.#prune = () => journal.prune(clock.now());
    this.#look = clockSteps(clock, report).look;
    this.inForce = null;
    const replica = await openGalleryReplica({
      ...names,
      freshness: { now: () => clock.now(), confirmed: () => {} },
      store: this.disk.galleryStore(life),
      report,
      onGallery: (snapshot) => {
        if (!life.dead) this.inForce = snapshot;
      },
    });
    await followRules({
      ...names,
      store: this.disk.rulesStore(life),
      current: this.disk.rules,
      lineage: () => replica.snapshot?.lineage ?? null,
      check: async () => {},
      onRules: async () => {},
      report: (occurrence) => attempt(() => report(occurrence)),
    });
    const uplink = await openUplink({ ...names, journal });
    if (this.#world.saysStatus) this.#beat({ life, link, journal });
    wake = uplink.wake;
    await openCommandDesk({
      ...{ ...names, report, memoryFile: 'commands.state', files: this.disk.files(life) },
      verbs: watchedVerbs((verb, command) => {
        life.act();
        const clockWasTrue = this.offByMs === 0;
        this.acts.push({ terminal: this.name, verb, command, atMs: time.nowMs, clockWasTrue });
      }),
    });
  }

  /** Say how the journal is, every ten seconds of the simulated time. */
  #beat(parts: { readonly life: Life; readonly link: Link; readonly journal: Journal }): void {
    const { life, link, journal } = parts;
    const at = new Date(this.#world.time.nowMs).toISOString();
    const { firstSeq, lastSeq, acknowledgedSeq, turn } = journal;
    const status: Status = {
      ...{ format: wireFormat, terminal: this.name, online: true, session: turn, count: 1, at, since: at },
      ...{ clock: 'synced', software: '0', pack: 'p', door: null },
      gallery: { lineage: '', version: 0, digest: '', people: 0 },
      journal: { lastSeq, acknowledgedSeq, firstSeq: firstSeq || lastSeq + 1, turn },
      keys: { sequence: 0, hub: ['h'.repeat(43)], site: ['s'.repeat(43)] },
    };
    const say = async () => {
      await link.publish(topicsOf('plant').status(this.name), await terminalSealing.status(status), { retain: true });
    };
    if (link.state.online) say().catch(() => {});
    life.timers.after(10_000, () => this.#beat(parts));
  }

  /** Something happens at the door. */
  happen(occurrence: Occurrence): void {
    if (this.life !== null) attempt(() => this.#append(occurrence));
  }

  prune(): void {
    if (this.life !== null) attempt(this.#prune);
  }

  /** What the terminal does every few seconds: it notices that its clock was set. */
  lookAtClock(): void {
    if (this.life !== null) attempt(this.#look);
  }
}

/** Whoever is killed in the middle of something does not see the end of it. */
export function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}
