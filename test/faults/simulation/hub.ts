import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { sql } from 'kysely';
import type { Person } from '../../../src/domain/person.ts';
import { openCollector } from '../../../src/hub/collect.ts';
import { type CommandRequest, sendCommand } from '../../../src/hub/command.ts';
import { type HubStore, openHubStore } from '../../../src/hub/hub-store.ts';
import { openPublisher, type Publisher } from '../../../src/hub/publish.ts';
import { addRules } from '../../../src/hub/rules-book.ts';
import { inOrder } from '../../../src/runtime/in-order.ts';
import type { Link } from '../../../src/sync/link.ts';
import type { GalleryRecord } from '../../../src/sync/messages.ts';
import { opening, sealing, terminalOpening } from './envelope.ts';
import { Life } from './life.ts';
import { simulatedLink } from './link.ts';
import type { World } from './terminal.ts';

/** What a living hub has. */
interface Running {
  readonly life: Life;
  readonly store: HubStore;
  readonly link: Link;
  readonly publisher: Publisher;
}

/** The hub over its lives: its real books in a real SQLite file. */
export class SimulatedHub {
  /** (terminal, seq) of every event handed on; a second time is once too often. */
  readonly handedOn = new Map<string, number>();
  /** What the books said they hold of a person, by the last change that returned. */
  readonly returned = new Map<string, GalleryRecord>();
  readonly #world: World;
  readonly #folder: string;
  #lives = 0;
  #hasBackup = false;
  #running: Running | null = null;

  constructor(world: World, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  get running(): Running | null {
    return this.#running?.life.dead === false ? this.#running : null;
  }

  async start(): Promise<void> {
    const { time, chance, broker } = this.#world;
    const life = new Life(time, chance.next);
    const store = await openHubStore(this.#file);
    const link = simulatedLink({ clientId: 'hub', broker, chance, life });
    const fixed = { terminals: terminalOpening, freshKeys: async () => {} };
    const names = {
      site: 'plant',
      link,
      store,
      sealer: sealing,
      clock: life.clock(() => 0),
      notify: () => {},
      ...fixed,
    };
    await openCollector({
      ...names,
      onStatus: () => {},
      onEvent: ({ terminal, seq }) => {
        const key = `${terminal} ${seq}`;
        if (!life.dead) this.handedOn.set(key, (this.handedOn.get(key) ?? 0) + 1);
      },
    });
    const publisher = await openPublisher({ ...names, opener: opening, embedder: 'test/1', timers: life.timers });
    this.#running = { life, store, link, publisher };
    life.onEnd(() => this.#leaveFiles(store));
  }

  /** One change of the gallery, as `hub.ts` makes it: books first, then the broker. Lost with the hub's life. */
  change(apply: (store: HubStore) => Promise<GalleryRecord>): void {
    const running = this.running;
    if (running === null) return;
    const { life, store, publisher } = running;
    void this.#serially(async () => {
      if (life.dead) return;
      const record = await apply(store);
      if (life.dead) return;
      this.returned.set(record.id, record);
      await publisher.publish(record);
    }).catch(() => {});
  }

  setRules(rules: object): void {
    const running = this.running;
    if (running === null) return;
    const { life, store, publisher } = running;
    void this.#serially(async () => {
      await addRules(store.db, rules, new Date(this.#world.time.nowMs));
      if (!life.dead) await publisher.publishRules();
    }).catch(() => {});
  }

  command(request: CommandRequest): void {
    const running = this.running;
    if (running === null) return;
    const { life, store, link } = running;
    const with_ = {
      site: 'plant',
      link,
      db: store.db,
      sealer: sealing,
      terminals: terminalOpening,
      timers: life.timers,
    };
    void sendCommand({ ...with_, clock: life.clock(() => 0) }, request).catch(() => {});
  }

  async people(): Promise<Person[]> {
    return (await this.running?.store.people()) ?? [];
  }

  /** Keep what is known of events now. */
  async backUp(): Promise<void> {
    if (this.running === null) return;
    rmSync(this.#backup, { force: true });
    await sql`vacuum into ${sql.lit(this.#backup)}`.execute(this.running.store.db);
    this.#hasBackup = true;
  }

  /** The next life begins with the events of the backup. The rest of the books stays: a gallery never goes back. */
  async loseEvents(): Promise<boolean> {
    if (!this.#hasBackup) return false;
    await this.stop();
    const db = new DatabaseSync(this.#file);
    db.exec(`ATTACH '${this.#backup}' AS backup; BEGIN IMMEDIATE`);
    for (const table of ['events', 'punches', 'terminals', 'gaps'])
      db.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM backup.${table}`);
    db.exec('COMMIT');
    const left = new Set(
      db
        .prepare('SELECT terminal, seq FROM events')
        .all()
        .map(({ terminal, seq }) => `${terminal} ${seq}`),
    );
    for (const key of this.handedOn.keys()) if (!left.has(key)) this.handedOn.delete(key);
    db.close();
    return true;
  }

  async stop(): Promise<void> {
    this.running?.life.kill();
  }

  #serially = inOrder();

  get #backup(): string {
    return join(this.#folder, 'backup.db');
  }

  get #file(): string {
    return join(this.#folder, `hub-${this.#lives}.db`);
  }

  /** The dead process goes on in memory, so the next one gets a copy of the files as they were at that moment. */
  #leaveFiles(store: HubStore): void {
    const before = this.#file;
    this.#lives++;
    for (const part of ['', '-wal']) if (existsSync(before + part)) copyFileSync(before + part, this.#file + part);
    this.#serially = inOrder();
    void store.close().catch(() => {});
    for (const part of ['', '-wal', '-shm']) rmSync(before + part, { force: true });
  }
}
