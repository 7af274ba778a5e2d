import { lookAlikeOf } from './access/look-alike.ts';
import { authorise } from './access/rules/authorise.ts';
import { decisionInWords, freeAccessWithoutClock, lockedMsOf } from './access/rules/explained.ts';
import { emptyMemory, type Memory, remember } from './access/rules/memory.ts';
import type { Factor } from './access/rules/rules.ts';
import type { Finding, Situation } from './access/rules/situation.ts';
import { clockInWords, dayInWords, instantFrom, wallTimeAt } from './access/rules/wall-time.ts';
import { proofsOf, shownBy } from './access/rules/without-face.ts';
import { loadRecognition, readStoredGallery } from './compose.ts';
import { rulesOf } from './config/access-schema.ts';
import { loadTerminalConfig } from './config/load.ts';
import type { TerminalConfig } from './config/schema.ts';
import { isLimenError, LimenError } from './domain/errors.ts';
import { hasFace, type Person } from './domain/person.ts';
import { Gallery } from './gallery/gallery.ts';
import { projectSnapshot } from './gallery/projected.ts';
import { readRules, storedRules } from './guard/hub-rules.ts';
import { RulesInForce } from './guard/rules-in-force.ts';
import { openJournalReader } from './journal/sqlite-reader.ts';
import { isClockSet } from './runtime/clock.ts';
import { clockMemory, clockMemoryFile } from './runtime/clock-trust.ts';
import { isThere } from './runtime/is-there.ts';
import { openAccessFiles } from './terminal-access.ts';

/** What is asked. */
export interface AccessQuestion {
  readonly config: string;
  readonly person: string;
  /** Left out, now. */
  readonly at?: string;
  /** What they have to show; empty: see `shownBy`. */
  readonly factors: readonly Factor[];
}

/** Why somebody would or would not pass, rule by rule. */
export interface AccessExplanation {
  readonly person: Pick<Person, 'id' | 'name' | 'groups'>;
  readonly terminal: string;
  readonly at: { readonly instant: string; readonly local: string; readonly timeZone: string };
  readonly outcome: 'pass' | 'ask' | 'refuse';
  readonly verdict: { readonly head: string; readonly says: string };
  readonly findings: readonly Finding[];
  /** What the answer rests on. */
  readonly remarks: readonly string[];
}

/**
 * Ask the very rules that the terminal asks, with what lies on its disk. Changes nothing, and may be asked beside a
 * running terminal.
 *
 * @throws LimenError `gallery.empty`, `person.unknown`, `usage.invalid`, `access.rules-conflict`, and what reading throws.
 */
export async function explainAccess(question: AccessQuestion): Promise<AccessExplanation> {
  const config = loadTerminalConfig(question.config);
  const gallery = await galleryOf(config);
  const person = gallery.people.get(question.person);
  if (person === undefined) throw unknown(question.person, config);
  const { rules, memory, rulesVersion } = await rulesAndMemory(config);
  const timeZone = rules.current.timeZone ?? 'UTC';
  const now = question.at === undefined ? new Date() : instantFrom(question.at, timeZone);
  const situation: Situation = {
    ...{ person, terminal: config.terminal, now, rules: rules.current, memory },
    proven: new Set(shownBy(person, question.factors)),
    lookAlike: await lookAlike(person.id, gallery, config),
    lockedMs: lockedMsOf(memory, { person: person.id, terminal: config.terminal, now }),
    otherDoor: null,
    companion: undefined,
  };
  const decision = authorise(situation);
  const { outcome, findings } = decision;
  const wall = wallTimeAt(now, timeZone);
  const basis = rulesVersion === 0 ? 'The hub has sent no rules.' : `Rules of the hub: version ${rulesVersion}.`;
  const common = {
    person: { id: person.id, name: person.name, groups: person.groups },
    terminal: config.terminal,
    at: { instant: now.toISOString(), local: `${dayInWords(wall)}, ${clockInWords(wall.minutes)}`, timeZone },
    findings,
    remarks: [
      `Gallery version ${gallery.version}, ${gallery.people.size} people. ${basis}`,
      ...remarksOn(person, config),
      ...(await freeAccessRemark(config, rules)),
    ],
  };
  if (rules.missing) {
    const says = 'The rules of the hub have not come yet, and this terminal waits for them.';
    return { ...common, outcome: 'refuse', verdict: { head: 'Would not pass.', says } };
  }
  return { ...common, outcome, verdict: decisionInWords(decision) };
}

/** What else somebody without a face should know of this terminal. */
function remarksOn(person: Person, { mode, punch, access }: TerminalConfig): string[] {
  if (hasFace(person)) return [];
  const shown = proofsOf(person);
  const taken = new Set((access?.readers ?? []).flatMap(({ gives }) => (gives === 'both' ? ['card', 'pin'] : [gives])));
  const untaken = shown.filter((factor) => !taken.has(factor));
  const fallback = mode === 'punch' ? punch.fallback : undefined;
  return [
    `${person.name} is enrolled without a face; asked as if they had shown ${shown.join(' and ') || 'nothing'}.`,
    ...(untaken.length > 0
      ? [
          `No reader of access.readers takes their ${untaken.join(' or ')}${untaken.includes('pin') ? ': a PIN can then be typed on the screen only (screen.pinPad)' : ''}.`,
        ]
      : []),
    ...(fallback === undefined
      ? []
      : [`Whenever a face was refused here, this time clock takes ${fallback.accept} as well (punch.fallback).`]),
  ];
}

/** Why a door does not stand open though the hours of its free access have begun. */
async function freeAccessRemark({ terminal, door, dataFolder }: TerminalConfig, { current }: RulesInForce) {
  const waits = freeAccessWithoutClock(current, terminal);
  if (waits === null || door === undefined || door.freeAccessByUnsetClock) return [];
  return (await isClockSet(clockMemory(clockMemoryFile(dataFolder)))) ? [] : [waits];
}

async function galleryOf(config: TerminalConfig): Promise<Gallery> {
  const stored = await readStoredGallery(config.dataFolder);
  if (stored !== null) return Gallery.from(stored.snapshot);
  throw new LimenError('gallery.empty', `The terminal ${config.terminal} has no gallery yet in ${config.dataFolder}.`, {
    hint: 'Start it with `limen run` while the hub can be reached.',
  });
}

async function rulesAndMemory(config: TerminalConfig) {
  const files = await openAccessFiles(config.dataFolder, { makeKey: false });
  const stored = (await files.rules.read(storedRules))?.value ?? null;
  const memory = memoryOf(
    config,
    (await files.memory.read((value) => ({ ...emptyMemory, ...(value as Memory) })))?.value,
  );
  const rules = new RulesInForce({
    configuration: config.access === undefined ? {} : rulesOf(config.access),
    hub: stored && { version: stored.version, rules: readRules(stored.rules) },
    needsHub: config.access?.needHubRules === true || memory.rulesVersion > 0,
  });
  return { rules, memory, rulesVersion: stored?.version ?? 0 };
}

/** What the terminal remembers, with what its journal says since. */
function memoryOf({ dataFolder }: TerminalConfig, kept: Memory = emptyMemory): Memory {
  const file = `${dataFolder}/journal.db`;
  if (!isThere(file)) return kept;
  const journal = openJournalReader(file);
  try {
    return journal.latest(100_000).reduce(remember, kept);
  } finally {
    journal.close();
  }
}

/** Needs the figures of the pack; without them nobody is called alike, as at the door. */
async function lookAlike(personId: string, gallery: Gallery, config: TerminalConfig): Promise<string | null> {
  try {
    const { pack, projection } = await loadRecognition(config.recognition);
    if (pack.calibration === null) return null;
    const snapshot = { ...gallery, people: [...gallery.people.values()], erased: {} };
    return lookAlikeOf(personId, Gallery.from(projectSnapshot(projection, snapshot)), pack.calibration);
  } catch (error) {
    if (isLimenError(error)) return null;
    throw error;
  }
}

function unknown(id: string, { terminal }: TerminalConfig): LimenError {
  return new LimenError('person.unknown', `Nobody with the id ${id} is in the gallery of ${terminal}.`, {
    hint: 'Enrol them, or look at the ids: limen gallery risk --config FILE.',
  });
}
