import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { named } from './access/rules/rules.ts';
import { openReader } from './compose.ts';
import { rulesOf } from './config/access-schema.ts';
import type { ReaderConfig } from './config/reader-schema.ts';
import type { TerminalConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { GalleryTrust } from './domain/gallery-trust.ts';
import type { Door } from './door/door.ts';
import { takeFormerHub } from './former-hub-note.ts';
import { loadAtRestKey } from './gallery/at-rest-key.ts';
import { Fallback, type FallbackTerms } from './guard/fallback.ts';
import { FreeAccessKeeper } from './guard/free-access.ts';
import { Guard } from './guard/guard.ts';
import { readRules, storedRules } from './guard/hub-rules.ts';
import { InterlockWatch } from './guard/interlock-watch.ts';
import { LockOuts } from './guard/lock-outs.ts';
import { MemoryKeeper } from './guard/memory-keeper.ts';
import { Neighbours } from './guard/neighbours.ts';
import { type DeskInput, ReaderDesk } from './guard/reader-desk.ts';
import { takeResetRequests } from './guard/reset-request.ts';
import { type CheckedRules, RulesInForce } from './guard/rules-in-force.ts';
import type { Journal } from './journal/journal.ts';
import { inputFrom, type ReaderInput } from './reader/input.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import { SealedFile } from './runtime/sealed-file.ts';
import type { HubRules } from './sync/rules-replica.ts';
import type { Terminal } from './terminal.ts';

/** Who may pass, and when, at a terminal that runs. */
export interface TerminalAccess {
  readonly guard: Guard;
  readonly neighbours: Neighbours;
  /** What the hub said last; `null` before the first. */
  readonly hubRules: HubRules | null;
  readonly rulesStore: { write(rules: HubRules): Promise<void> };
  /** @throws LimenError `access.rules-invalid`, `access.rules-conflict`: what those forbid is then forbidden, for good. */
  checkRules(rules: HubRules): Promise<void>;
  adoptRules(rules: HubRules): void;
  /** Terminals whose doors, and whose passages, have to be heard of. */
  neighboursWanted(): { readonly doors: string[]; readonly passages: string[] };
  /** What somebody did at a reader that is none of the configured ones. @throws LimenError when the journal cannot be written. */
  take(input: DeskInput): Promise<void>;
  /** Keep what is remembered, before the journal forgets rows. */
  save(): Promise<void>;
  close(): Promise<void>;
}

export interface TerminalAccessOptions {
  readonly config: TerminalConfig;
  readonly terminal: Terminal;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the gallery is still good for; without it, everything: where no hub renews it. */
  readonly trust?: () => GalleryTrust;
  /** A key of a time clock was typed at a reader. @throws LimenError where the journal cannot be written. */
  readonly onKey?: (code: string) => void;
}

const tickEveryMs = 1000;
const saveEveryMs = 300_000;
const readerRetryMs = 5000;

const rulesFileIn = (dataFolder: string) => join(dataFolder, 'access-rules.sealed');
const contestedFileIn = (dataFolder: string) => join(dataFolder, 'access-rules-contested.sealed');

/** The files in a data folder that hold rules of the hub. */
export function rulesFilesIn(dataFolder: string): readonly string[] {
  return [rulesFileIn(dataFolder), contestedFileIn(dataFolder)];
}

/** Where a terminal keeps the rules of its hub, and what it remembers for them; both sealed with its own key. */
export async function openAccessFiles(dataFolder: string, { makeKey }: { readonly makeKey: boolean }) {
  const key = await loadAtRestKey({ file: join(dataFolder, 'gallery.key'), create: makeKey });
  return {
    key,
    rules: new SealedFile({ file: rulesFileIn(dataFolder), purpose: 'access rules', key }),
    contested: new SealedFile({ file: contestedFileIn(dataFolder), purpose: 'contested access rules', key }),
    memory: new SealedFile({ file: join(dataFolder, 'access-memory.sealed'), purpose: 'access memory', key }),
  };
}

/**
 * Put a guard before the door: rules of the configuration and of the hub, what is remembered, readers.
 *
 * @throws LimenError `access.rules-conflict` when configuration and hub contradict each other, `file.corrupt` when
 *   neither generation of the rules or of what is remembered can be used: never "no rules, everybody passes".
 */
export async function openTerminalAccess(options: TerminalAccessOptions): Promise<TerminalAccess> {
  const { config, terminal, journal, clock, log } = options;
  const files = await openAccessFiles(config.dataFolder, { makeKey: true });
  takeFormerHub(config.dataFolder, (left) => journal.append({ kind: 'keys.hub-replaced', body: left }));
  const memory = await MemoryKeeper.open(files.memory, journal);
  const stored = await files.rules.read(storedRules);
  const hubRules = stored?.value ?? null;
  const contested = await files.contested.read(storedRules);
  if (stored?.fault) {
    const { code, message: reason } = stored.fault;
    terminal.note({ kind: 'access.rules-recovered', body: { code, reason, version: stored.value.version } });
    log.error({ code }, 'the rules file was damaged; the generation before it is in use');
  }
  const lost = hubRules === null && memory.memory.rulesVersion > 0;
  if (lost) log.error("the hub's rules are gone from this disk: nobody passes until the hub has sent them again");
  const rules = new RulesInForce({
    configuration: config.access === undefined ? {} : rulesOf(config.access),
    hub: hubRules && checked(hubRules),
    contested: contested && checked(contested.value),
    needsHub: lost || config.access?.needHubRules === true,
  });
  const neighbours = new Neighbours(clock);
  const { door, report } = terminal;
  const fallback = fallbackOf(config);
  const around = { terminal: config.terminal, rules, neighbours, report: terminal.note };
  const interlocks = door && new InterlockWatch({ ...around, door });
  neighbours.onHeard = () => interlocks?.look();
  const guard = new Guard({
    ...{ terminal: config.terminal, clock, report, rules, memory, neighbours, interlocks },
    lockOuts: new LockOuts(memory.memory, clock),
    freeAccess: door && freeAccessOf(door, options),
    gallery: () => terminal.inForce.gallery,
    lookAlike: (personId) => terminal.lookAlike(personId),
    unseen: () => terminal.unseen(),
    trust: options.trust ?? (() => 'full'),
    fallback: fallback && new Fallback(fallback, clock),
    settle: terminal.settle,
  });
  terminal.guardWith(guard);

  const closers = new Closers();
  const attempt = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
    }
  };
  const reset = () =>
    takeResetRequests(config.dataFolder, (request) =>
      report({ kind: 'access.reset', body: { ...request, cause: 'command-line' } }),
    );
  const ticking = setInterval(() => void attempt(reset).then(() => attempt(() => guard.tick())), tickEveryMs);
  const saving = setInterval(() => void attempt(() => memory.save()), saveEveryMs);
  closers.add(() => attempt(() => memory.save()));
  closers.add(() => {
    clearInterval(ticking);
    clearInterval(saving);
  });
  const stop = new AbortController();
  closers.add(() => stop.abort());
  const fingerprint = (card: string) =>
    createHmac('sha256', files.key).update(`limen card ${card}`).digest('hex').slice(0, 16);
  const desk = new ReaderDesk({ guard, fingerprint });
  for (const reader of config.access?.readers ?? []) {
    void readFrom(reader, { ...options, desk, signal: stop.signal });
  }

  return {
    ...{ guard, neighbours, hubRules },
    rulesStore: files.rules,
    async checkRules(next) {
      const read = checked(next);
      try {
        rules.check(read);
      } catch (error) {
        // A restart must not allow again what the hub has forbidden.
        await attempt(() => files.contested.write(next));
        throw error;
      }
    },
    adoptRules(next) {
      const { version } = next;
      rules.adopt(checked(next));
      terminal.note({ kind: 'access.rules-updated', body: { version, rules: countOf(rules.current) } });
    },
    neighboursWanted: () => {
      const mine = (terminals: readonly string[]) => terminals.includes(config.terminal);
      const others = (terminals: readonly string[]) => terminals.filter((other) => other !== config.terminal);
      const { interlocks, antiPassback } = rules.current;
      const areas = named(antiPassback).map(([, area]) => [...area.in, ...area.out]);
      return {
        doors: named(interlocks).flatMap(([, { terminals }]) => (mine(terminals) ? others(terminals) : [])),
        passages: areas.flatMap((terminals) => (mine(terminals) ? others(terminals) : [])),
      };
    },
    take: (input) => desk.take(input),
    save: () => memory.save(),
    close: () => closers.closeAll(),
  };
}

function checked({ version, rules }: HubRules): CheckedRules {
  return { version, rules: readRules(rules) };
}

function freeAccessOf(door: Door, { config, terminal, clock }: TerminalAccessOptions): FreeAccessKeeper {
  const byUnsetClock = config.door?.freeAccessByUnsetClock === true;
  return new FreeAccessKeeper({ terminal: config.terminal, door, report: terminal.note, clock, byUnsetClock });
}

/** A card in place of a face is for time clocks only. */
function fallbackOf({ mode, punch }: TerminalConfig): FallbackTerms | undefined {
  return mode === 'punch' ? punch.fallback : undefined;
}

/** How many rules there are, for the journal. */
function countOf(rules: object): number {
  return Object.values(rules).reduce(
    (sum: number, value) => sum + (typeof value === 'object' ? Object.keys(value).length : 1),
    0,
  );
}

interface Reading extends TerminalAccessOptions {
  readonly desk: ReaderDesk;
  readonly signal: AbortSignal;
}

/** Read for as long as the terminal runs; a reader that is gone is tried again, and said to be gone once. */
async function readFrom(
  config: ReaderConfig,
  { config: { dataFolder }, terminal, desk, log, signal, onKey }: Reading,
): Promise<void> {
  const reader = await openReader(config, dataFolder);
  let failed = false;
  while (!signal.aborted) {
    try {
      for await (const line of reader.lines(signal)) {
        if (failed) terminal.note({ kind: 'access.reader-recovered', body: { reader: reader.name } });
        failed = false;
        const input = inputFrom(line, config);
        // Never the line itself: it may be a PIN.
        if (input === null) log.debug({ reader: reader.name }, 'a line that is neither a card nor a PIN');
        else await take(input, { desk, onKey }).catch((error: unknown) => log.error({}, messageOf(error)));
      }
    } catch (error) {
      const code = isLimenError(error) ? error.code : 'reader.failed';
      const reason = messageOf(error);
      if (!failed) terminal.note({ kind: 'access.reader-failed', body: { reader: reader.name, code, reason } });
      failed = true;
    }
    await delay(readerRetryMs, undefined, { signal }).catch(() => {});
  }
}

async function take(input: ReaderInput, { desk, onKey }: Pick<Reading, 'desk' | 'onKey'>): Promise<void> {
  if (input.kind === 'key') onKey?.(input.code);
  else await desk.take(input);
}
