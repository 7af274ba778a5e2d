import { rmSync, writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { DeskBench, type Issued, Issuer, TurnedClock } from '../support/commands.ts';
import { freshKeys, type SiteKeys } from '../support/keys.ts';
import { temporaryFolder } from '../support/sync.ts';

/** What a broker that wants the doors open, the people who run the site, and bad luck can do. */
type Step =
  | { readonly do: 'issue'; readonly verb: string; readonly audience: string; readonly lifetimeMs: number }
  | { readonly do: 'deliver'; readonly message: number; readonly to: number | 'addressed'; readonly retained: boolean }
  | { readonly do: 'prove'; readonly from: number; readonly result: number; readonly lifetimeMs: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'restart' | 'damage' | 'forget'; readonly at: number }
  | { readonly do: 'clock'; readonly at: number; readonly synced: boolean; readonly offByMs: number };

const terminals = ['door-1', 'door-2'] as const;
const opening = new Set(['unlock', 'release']);
const at = fc.nat(1);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('issue' as const),
      verb: fc.constantFrom('unlock', 'unlock', 'lock', 'lockdown', 'release', 'release', 'diagnose'),
      audience: fc.constantFrom('door-1', 'door-2', '*', 'door-1'),
      lifetimeMs: fc.constantFrom(1, 2000, 10_000, 20_000),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      message: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(3), fc.nat(40)),
      to: fc.oneof({ weight: 4, arbitrary: fc.constant('addressed' as const) }, { weight: 1, arbitrary: at }),
      retained: fc.nat(7).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('prove' as const),
      from: at,
      result: fc.nat(2),
      lifetimeMs: fc.constantFrom(1000, 5000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 1500, 1500, 12_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'damage' as const, 'forget' as const), at }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      at,
      synced: fc.boolean(),
      offByMs: fc.integer({ min: -1e9, max: 1e9 }),
    }),
  },
);

/** A site in the broker's hands. Every act of a door is held against what may never happen. */
class Site {
  readonly wrongs: string[] = [];
  /** How many acts there were of each verb: a test in which nothing ever acts would prove nothing. */
  readonly acted = new Map<string, number>();
  readonly #truth = new TurnedClock();
  readonly #doors: DeskBench[];
  readonly #hub: Issuer;
  readonly #issued: Issued[] = [];
  readonly #lost = new Set<DeskBench>();
  #retainedNow = false;

  constructor(keys: SiteKeys, folder: string) {
    this.#hub = new Issuer(keys, this.#truth);
    this.#doors = terminals.map((terminal) => new DeskBench({ keys, folder, terminal, clock: new TurnedClock() }));
    for (const door of this.#doors) {
      rmSync(door.memoryFile, { force: true });
      door.onAct = (verb, { id }) => this.#check(door, verb, id);
    }
  }

  async start(): Promise<void> {
    for (const door of this.#doors) await door.start();
    this.#pass(1000);
  }

  async stop(): Promise<void> {
    for (const door of this.#doors) await door.stop();
  }

  async take(next: Step): Promise<void> {
    if (next.do === 'issue') {
      const { verb, audience, lifetimeMs } = next;
      this.#issued.push(await this.#hub.issue(verb, { audience, lifetimeMs }));
    } else if (next.do === 'prove') await this.#prove(this.#doors[next.from]!, next);
    else if (next.do === 'deliver') await this.#deliver(next);
    else if (next.do === 'pass') this.#pass(next.ms);
    else if (next.do === 'clock') this.#turn(this.#doors[next.at]!, next);
    else await this.#again(this.#doors[next.at]!, next.do);
  }

  /** The hub answers a challenge, whenever the broker lets the result through. */
  async #prove(door: DeskBench, { result, lifetimeMs }: Extract<Step, { do: 'prove' }>): Promise<void> {
    const { challenge = null, verb = '' } = door.results.at(-1 - result) ?? {};
    if (challenge === null) return;
    this.#issued.push(await this.#hub.issue(verb, { audience: door.terminal, challenge, lifetimeMs }));
  }

  async #deliver({ message, to, retained }: Extract<Step, { do: 'deliver' }>): Promise<void> {
    // Counted from the newest: what was just issued is what a broker most often has.
    const issued = this.#issued.at(-1 - (message % Math.max(1, this.#issued.length)));
    if (issued === undefined) return;
    this.#retainedNow = retained;
    for (const door of this.#doors) {
      const mayHave =
        to === 'addressed' ? ['*', door.terminal].includes(issued.command.audience) : door === this.#doors[to];
      if (mayHave) await door.deliver(issued.sealed, { retained });
    }
    this.#retainedNow = false;
  }

  async #again(door: DeskBench, how: 'restart' | 'damage' | 'forget'): Promise<void> {
    await door.stop();
    if (how !== 'restart') this.#lost.add(door);
    if (how === 'damage') writeFileSync(door.memoryFile, 'damaged');
    if (how === 'forget') rmSync(door.memoryFile);
    await door.start();
  }

  /** A clock that counts as synced tells the truth; one that does not tells anything. */
  #turn(door: DeskBench, { synced, offByMs }: Extract<Step, { do: 'clock' }>): void {
    door.clock.synced = synced;
    door.clock.nowMs = this.#truth.nowMs + (synced ? 0 : offByMs);
  }

  #pass(ms: number): void {
    this.#truth.pass(ms);
    for (const door of this.#doors) door.clock.pass(ms);
  }

  #check(door: DeskBench, verb: string, id: string): void {
    this.acted.set(verb, (this.acted.get(verb) ?? 0) + 1);
    const { command } = this.#issued.find((issued) => issued.command.id === id)!;
    const wrong = (what: string) => this.wrongs.push(`${verb} ${id} at ${door.terminal}: ${what}`);
    const before = door.acts.slice(0, -1);
    const opens = opening.has(verb);
    // What is promised of everything with a clock, and of what opens without one as well.
    const strict = opens || door.clock.synced;
    if (command.audience !== door.terminal && command.audience !== '*') wrong('for another terminal');
    if (command.audience === '*' && verb !== 'lockdown' && verb !== 'release') wrong('not a verb for all');
    if (this.#retainedNow) wrong('retained');
    if (strict && this.#truth.nowMs >= Date.parse(command.expiresAt)) wrong('late');
    if (!strict && this.#lost.has(door)) return;
    if (before.some((act) => act.id === id)) wrong('twice');
    const opposite = { release: ['lockdown'], lockdown: ['release'], unlock: ['lock', 'lockdown'] }[verb] ?? [];
    if (before.some((act) => opposite.includes(act.verb) && act.id > id)) wrong('overtaken');
  }
}

async function property(t: ExecutionContext, numRuns: number): Promise<Map<string, number>> {
  const keys = await freshKeys(t);
  const folder = await temporaryFolder(t);
  const acted = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const site = new Site(keys, folder);
      await site.start();
      try {
        for (const next of steps) await site.take(next);
      } finally {
        await site.stop();
      }
      for (const [verb, count] of site.acted) acted.set(verb, (acted.get(verb) ?? 0) + count);
      if (site.wrongs.length > 0) throw new Error(site.wrongs.join('\n'));
    }),
    { numRuns },
  );
  return acted;
}

test('whatever a broker does, no command acts twice, late, retained, overtaken or at another terminal', async (t) => {
  const acted = await property(t, 150);
  t.log(Object.fromEntries(acted));
  for (const verb of ['unlock', 'lock', 'lockdown', 'release', 'diagnose']) t.true((acted.get(verb) ?? 0) > 20, verb);
});
