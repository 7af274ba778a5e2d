import { lookAlikeOf } from '../access/look-alike.ts';
import { authorise } from '../access/rules/authorise.ts';
import { decisionInWords, lockedMsOf } from '../access/rules/explained.ts';
import { emptyMemory, type Memory, remember, rememberedKinds } from '../access/rules/memory.ts';
import type { Factor } from '../access/rules/rules.ts';
import { clockInWords, dayInWords, instantFrom, wallTimeAt } from '../access/rules/wall-time.ts';
import { shownBy } from '../access/rules/without-face.ts';
import { isLimenError, LimenError } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { hasFace } from '../domain/person.ts';
import { readRules } from '../guard/hub-rules.ts';
import { everyEvent } from '../hub/event-search.ts';
import { type PublishedRules, rulesAt } from '../hub/rules-book.ts';
import type { Explained } from './answers/rules.ts';
import type { Desk } from './desk.ts';
import { galleryInBooks } from './risk.ts';

/** What is asked. */
export interface Question {
  readonly person: string;
  readonly terminal: string;
  /** With a zone, or the site's own wall time; left out, now. */
  readonly at?: string | undefined;
  readonly factors: readonly Factor[];
}

/**
 * Ask the very rules that terminals ask: those that the hub had published by then, and what it has heard of the terminal
 * by then. Of a terminal's own configuration the hub knows nothing.
 *
 * @throws LimenError `person.unknown`, `terminal.unknown`, `usage.invalid`, `access.rules-invalid`.
 */
export async function explain(desk: Desk, question: Question): Promise<Explained> {
  const { store, fleet, clock } = desk;
  const { terminal } = question;
  const person = await store.person(question.person);
  if (person === null) throw unknownPerson(question.person);
  if (!fleet.views().some(({ id }) => id === terminal)) throw unknownTerminal(terminal);
  const latest = await desk.hub.rules();
  const zone = latest === null ? 'UTC' : (readRules(latest.rules).timeZone ?? 'UTC');
  const now = question.at === undefined ? clock.now() : instantFrom(question.at, zone);
  const published = await rulesAt(store.db, now);
  const rules = published === null ? {} : readRules(published.rules);
  const timeZone = rules.timeZone ?? 'UTC';
  const memory = await memoryOf(desk, { terminal, personId: person.id, now });
  const decision = authorise({
    ...{ person, terminal, now, rules, memory, proven: new Set(shownBy(person, question.factors)) },
    lookAlike: await lookAlike(desk, person.id),
    lockedMs: lockedMsOf(memory, { person: person.id, terminal, now }),
    otherDoor: null,
    companion: undefined,
  });
  const findings = decision.findings.map(({ rule, by, outcome, says }) => ({ rule, by, outcome, says }));
  return {
    person: { id: person.id, name: person.name, groups: [...person.groups] },
    terminal,
    at: { instant: now.toISOString(), local: inWords(now, timeZone), timeZone },
    ...{ outcome: decision.outcome, verdict: decisionInWords(decision), findings },
    remarks: [
      ...(hasFace(person) ? [] : [`${person.name} is enrolled without a face, so none counts here.`]),
      ...remarksOn(published, { timeZone, isPast: now.getTime() < clock.now().getTime() - 60_000 }),
    ],
  };
}

function inWords(instant: Date, timeZone: string): string {
  const wall = wallTimeAt(instant, timeZone);
  return `${dayInWords(wall)}, ${clockInWords(wall.minutes)}`;
}

function remarksOn(
  published: PublishedRules | null,
  { timeZone, isPast }: { readonly timeZone: string; readonly isPast: boolean },
): string[] {
  const basis =
    published === null
      ? 'The hub had published no rules by then.'
      : `By version ${published.version} of the rules, in force since ${inWords(new Date(published.setAt), timeZone)}.`;
  return [
    basis,
    ...(isPast
      ? ['Groups, validity and cards are those of now; whether the face was recognised, the events tell.']
      : []),
    'Rules in the configuration of the terminal itself are not known here; the command limen access explain on it knows both.',
  ];
}

/**
 * What a terminal remembered of somebody at an instant, as far as its events have come here. Where everybody else is does not
 * matter, and would be most of the rows there are.
 */
async function memoryOf(
  { store }: Desk,
  { terminal, personId, now }: { readonly terminal: string; readonly personId: string; readonly now: Date },
): Promise<Memory> {
  const events: LimenEvent[] = [];
  const common = { terminals: [terminal], to: new Date(now.getTime() + 1) };
  for (const filter of [{ kinds: rememberedKinds }, { kinds: ['access.passed'], personId }])
    for await (const { event } of everyEvent(store.db, { ...common, ...filter }))
      events.push(event as unknown as LimenEvent);
  return events.sort((a, b) => a.seq - b.seq).reduce(remember, emptyMemory);
}

/** Needs the figures of the pack; without them nobody is called alike, as at the door. */
async function lookAlike(desk: Desk, personId: string): Promise<string | null> {
  try {
    const { gallery, calibration } = await galleryInBooks(desk);
    return lookAlikeOf(personId, gallery, calibration);
  } catch (error) {
    if (isLimenError(error)) return null;
    throw error;
  }
}

/** Whom nobody enrolled, in words of the console. */
export function unknownPerson(id: string): LimenError {
  return new LimenError('person.unknown', `Nobody with the id ${id} is enrolled.`, {
    hint: 'Look for them by name on the page People; somebody who was erased is not listed.',
  });
}

function unknownTerminal(id: string): LimenError {
  return new LimenError('terminal.unknown', `Nobody has provisioned a terminal ${id}.`, {
    hint: 'The page Terminals lists every one.',
  });
}
