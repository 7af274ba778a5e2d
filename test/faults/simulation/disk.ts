import { ulid } from 'ulid';
import type { Clock } from '../../../src/domain/clock.ts';
import type { LimenEvent, Occurrence } from '../../../src/domain/event.ts';
import type { GallerySnapshot, GalleryStore } from '../../../src/gallery/gallery-store.ts';
import { canonicalJson, genesisHash, hashOf } from '../../../src/journal/chain.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import type { DurableFiles } from '../../../src/runtime/durable-file.ts';
import type { HubRules, RulesStore } from '../../../src/sync/rules-replica.ts';
import type { Chance } from './chance.ts';
import type { Life } from './life.ts';

/** Longest time that a write takes, ms: whoever is killed meanwhile leaves the old content or the new one. */
const slowestWriteMs = 400;

/**
 * The disk of a simulated terminal, which outlives its processes. It keeps what the real stores promise (and what the
 * power cuts of `power-cut.ts` hold them to): a write is durable once it has returned, whole or not at all; that the
 * hub has acknowledged something is durable only with the next event.
 */
export class SimulatedDisk {
  gallery: GallerySnapshot | null = null;
  rules: HubRules | null = null;
  rows: LimenEvent[] = [];
  acknowledged = 0;
  readonly #files = new Map<string, Buffer>();
  readonly #chance: Chance;
  /** The lowest value that `acknowledged` may have after a power cut. */
  #synced = 0;
  #pruned = { seq: 0, hash: genesisHash };
  #turn = '';

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  cutPower(): void {
    this.acknowledged = this.#chance.between(this.#synced, this.acknowledged);
  }

  galleryStore(life: Life): GalleryStore {
    return {
      read: async () => (this.gallery === null ? null : { snapshot: this.gallery, recoveredFrom: null }),
      write: (snapshot) =>
        this.#write(life, () => {
          this.gallery = snapshot;
        }),
    };
  }

  rulesStore(life: Life): RulesStore {
    return {
      write: (rules) =>
        this.#write(life, () => {
          this.rules = rules;
        }),
    };
  }

  files(life: Life): DurableFiles {
    return {
      read: async (path, decode) => {
        const bytes = this.#files.get(path);
        return bytes === undefined ? null : { value: decode(bytes), fault: null };
      },
      write: (path, data) => this.#write(life, () => void this.#files.set(path, Buffer.from(data))),
    };
  }

  journal(options: { terminal: string; life: Life; clock: Clock }): Journal {
    const { terminal, life, clock } = options;
    const end = () => this.rows.at(-1) ?? this.#pruned;
    const acknowledged = () => this.acknowledged;
    const newTurn = () => ulid(0, this.#chance.next);
    this.#turn = newTurn();
    const turn = () => this.#turn;
    const first = () => this.rows[0]?.seq ?? 0;
    return {
      append: ({ kind, body }: Occurrence) => {
        life.act();
        const at = clock.now();
        const row = {
          ...{
            seq: end().seq + 1,
            id: ulid(Math.max(0, at.getTime()), this.#chance.next),
            terminal,
            at: at.toISOString(),
          },
          ...{ clock: clock.quality(), kind, body: JSON.parse(canonicalJson(body)), previousHash: end().hash },
        };
        const event = { ...row, hash: hashOf(row) } as LimenEvent;
        this.rows.push(event);
        this.#synced = this.acknowledged;
        return event;
      },
      after: (seq, limit) => {
        const first = this.rows[0]?.seq ?? 1;
        const from = Math.max(0, seq + 1 - first);
        return this.rows.slice(from, from + limit);
      },
      latest: (limit) => this.rows.slice(-limit),
      latestOf: (kinds, limit) => this.rows.filter(({ kind }) => kinds.includes(kind)).slice(-limit),
      get firstSeq() {
        return first();
      },
      get turn() {
        return turn();
      },
      get lastSeq() {
        return end().seq;
      },
      get acknowledgedSeq() {
        return acknowledged();
      },
      acknowledge: (seq) => {
        life.act();
        if (seq > this.acknowledged && seq <= end().seq) this.acknowledged = seq;
      },
      resendAfter: (seq) => {
        life.act();
        const from = Math.max(seq, this.#pruned.seq);
        if (from >= this.acknowledged) return;
        this.acknowledged = from;
        this.#synced = Math.min(this.#synced, from);
        this.#turn = newTurn();
      },
      renumber: () => {
        throw new Error('the disk of a simulated terminal is never another');
      },
      prune: () => {
        life.act();
        const last = this.rows.filter(({ seq }) => seq <= this.acknowledged).at(-1);
        if (last === undefined) return 0;
        const before = this.rows.length;
        this.rows = this.rows.filter(({ seq }) => seq > last.seq);
        this.#pruned = last;
        this.#synced = this.acknowledged;
        return before - this.rows.length;
      },
      verify: () => ({ rows: this.rows.length, firstSeq: null, lastSeq: null, brokenAt: null }),
      close: () => {},
    };
  }

  #write(life: Life, write: () => void): Promise<void> {
    return new Promise((resolve) => {
      life.act();
      let isThere = false;
      const writeOnce = () => {
        if (!isThere) write();
        isThere = true;
      };
      life.onEnd(() => !isThere && this.#chance.percent(50) && writeOnce());
      life.timers.after(this.#chance.between(0, slowestWriteMs), () => {
        writeOnce();
        resolve();
      });
    });
  }
}
