import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import { guidanceWords } from '../domain/guidance.ts';
import { idPattern, type Person } from '../domain/person.ts';
import type { Sighting } from '../domain/sighting.ts';
import { assertSameEmbedder, type Template } from '../domain/template.ts';
import { doubtsAbout, type EnrolmentDoubts } from '../gallery/enrolment-doubts.ts';
import { isInstant } from '../sync/messages.ts';
import type { Vision } from '../vision/vision.ts';
import type { Credentials } from './credentials.ts';
import type { NewPerson } from './hub-store.ts';

/** A picture of the person, and what to call it in a message. */
export interface Picture {
  readonly name: string;
  readonly jpeg: Uint8Array;
}

/** Who is to be enrolled, however their face is known. */
export interface EnrolWho extends Credentials {
  readonly id: string;
  readonly name: string;
  readonly groups?: readonly string[];
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
  /** Enrol although someone looks alike (a twin, for example), or a picture seems to show somebody else. */
  readonly despiteDoubts?: boolean;
  /** Make new templates of somebody who is enrolled already; what is not said here stays as it is. */
  readonly again?: boolean;
}

/** Who is to be enrolled from pictures. */
export interface EnrolRequest extends EnrolWho {
  readonly pictures: readonly Picture[];
}

/** Who is to be enrolled from what a terminal's camera saw: no picture ever left it. */
export interface CapturedRequest extends EnrolWho {
  /** Each of one good sighting of one face, judged by the terminal. `terminal` is its name, for messages. */
  readonly captured: { readonly terminal: string; readonly templates: readonly Template[] };
}

/** How strict enrolment is. */
export interface EnrolLimits {
  /** Templates per person, at most; of more pictures the sharpest are kept. */
  readonly maxTemplates: number;
  /** The pack's impostor figures, which all other limits come from. `null` switches the checks off. */
  readonly calibration: Calibration | null;
}

/** Somebody ready to be enrolled, and what an administrator should know about it. */
export interface Enrolment {
  readonly person: NewPerson;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Turn pictures into someone who can be recognised. Every picture must hold exactly one face that passes every quality
 * gate: one bad template in a gallery is a door that opens for the wrong person.
 *
 * @throws LimenError `usage.invalid`, `image.no-face`, `image.many-faces`, `image.poor-quality`, `image.unreadable`,
 *   each naming the picture; unless `despiteDoubts`, `person.look-alike` naming who looks alike, or `image.other-person`
 *   naming pictures that do not show the person of the others.
 */
export async function personFromPictures(
  request: EnrolRequest,
  context: EnrolContext & { readonly vision: Vision },
): Promise<Enrolment> {
  assertUsable(request);
  if (request.pictures.length === 0) {
    throw new LimenError('usage.invalid', `${request.id} cannot be enrolled without a picture.`, {
      hint: 'Give at least one; three from slightly different sides recognise better.',
    });
  }
  const seen: { picture: string; sighting: Sighting }[] = [];
  for (const picture of request.pictures) {
    seen.push({ picture: picture.name, sighting: await onlyFace(picture, context.vision) });
  }
  const kept = seen
    .toSorted((a, b) => b.sighting.quality.sharpness - a.sighting.quality.sharpness)
    .slice(0, context.limits.maxTemplates);
  return judgedPerson(request, context, {
    templates: kept.map(({ sighting }) => sighting.template as Template),
    pictureNames: kept.map(({ picture }) => picture),
  });
}

/** What an enrolment is judged by. */
export interface EnrolContext {
  readonly people: readonly Person[];
  readonly limits: EnrolLimits;
}

/**
 * The same from templates that a terminal made of its own camera's sightings, held to the same doubts.
 *
 * @throws LimenError as {@link personFromPictures}, and `template.foreign-embedder` for those of another embedder than `model`.
 */
export function personFromTerminal(
  request: CapturedRequest,
  { model, ...context }: EnrolContext & { readonly model: string },
): Enrolment {
  assertUsable(request);
  const { terminal, templates: all } = request.captured;
  if (all.length === 0) throw new LimenError('image.no-face', `The terminal ${terminal} has seen nobody.`);
  for (const template of all) assertSameEmbedder(model, template.model);
  const templates = all.slice(0, context.limits.maxTemplates);
  const pictureNames = templates.map((_, position) => `${terminal} ${position + 1}`);
  return judgedPerson(request, context, { templates, pictureNames });
}

/** What is known of a face; nothing, where there is none. */
interface Shown {
  readonly templates: readonly Template[];
  readonly pictureNames: readonly string[];
}

function judgedPerson(request: EnrolWho, context: EnrolContext, shown: Shown): Enrolment {
  const { templates, pictureNames } = shown;
  const person = newPerson(request, shown);
  const { calibration } = context.limits;
  if (calibration === null) return { person, warnings: [] };
  const doubts = doubtsAbout(templates, { people: context.people, calibration });
  return { person, warnings: judged(request, doubts, pictureNames) };
}

/** Somebody as they are to be written down; what is not said about them is left out, as the store wants it. */
export function newPerson(request: EnrolWho, shown: Shown): NewPerson {
  const { id, name, groups = [], validFrom = null, validUntil = null } = request;
  const { pinHash, duressPinHash, cards, extendedPulse } = request;
  return {
    ...{ id, name, groups, validFrom, validUntil, ...shown },
    ...(pinHash !== undefined && { pinHash }),
    ...(duressPinHash !== undefined && { duressPinHash }),
    ...(cards !== undefined && { cards }),
    ...(extendedPulse !== undefined && { extendedPulse }),
  };
}

/** @throws LimenError `usage.invalid` for an id, a name or a validity that nobody can have. */
export function assertUsable(request: EnrolWho): void {
  const { id, name } = request;
  if (!idPattern.test(id)) {
    throw new LimenError('usage.invalid', `"${id}" cannot be a person's id.`, {
      hint: 'Use letters, digits, ".", "_" and "-", at most 64, not starting with a dot.',
    });
  }
  if (name.trim() === '' || name.length > 200) {
    throw new LimenError('usage.invalid', `The name of ${id} must have 1 to 200 characters.`);
  }
  assertValidity(request);
}

/**
 * Terminals refuse a gallery with an instant that they cannot read, and nobody would be let in any more.
 *
 * @throws LimenError `usage.invalid`.
 */
export function assertValidity({
  validFrom = null,
  validUntil = null,
}: Pick<EnrolWho, 'validFrom' | 'validUntil'>): void {
  for (const instant of [validFrom, validUntil]) {
    if (instant === null || isInstant(instant)) continue;
    throw new LimenError('usage.invalid', `"${instant}" is no instant to be valid from or until.`, {
      hint: 'Write day, time and zone as ISO 8601 has them: 2026-12-01T00:00:00Z, or 2026-12-01T08:00:00+01:00.',
    });
  }
  if (validFrom === null || validUntil === null || Date.parse(validFrom) < Date.parse(validUntil)) return;
  throw new LimenError('usage.invalid', `Valid from ${validFrom} until ${validUntil} is never.`, {
    hint: 'Give an end after the beginning.',
  });
}

async function onlyFace({ name, jpeg }: Picture, vision: Vision): Promise<Sighting> {
  // A copy: the worker may take the bytes away.
  const seen = await vision
    .see({ id: 0, capturedAtMs: 0, format: 'jpeg', data: Uint8Array.from(jpeg) })
    .catch((error) => {
      if (!(error instanceof LimenError)) throw error;
      throw new LimenError(error.code, `${name}: ${error.message}`, {
        cause: error,
        ...(error.hint !== undefined && { hint: error.hint }),
      });
    });
  const [face, other] = seen.sightings;
  if (face === undefined) {
    throw new LimenError('image.no-face', `${name} shows no face.`, {
      hint: 'Use a picture that shows the face from the front.',
    });
  }
  if (other !== undefined) {
    throw new LimenError('image.many-faces', `${name} shows ${seen.sightings.length} faces.`, {
      hint: 'Cut the picture so that only the person to enrol is in it.',
    });
  }
  if (face.template === null) {
    const reasons = face.quality.failures;
    throw new LimenError('image.poor-quality', `${name} is not good enough: ${reasons.join(', ')}.`, {
      hint: `Take it again: ${reasons.map((reason) => guidanceWords[reason]).join(', ')}.`,
    });
  }
  return face;
}

/** The doubts in words. @throws LimenError for those that only `despiteDoubts` overrides. */
function judged(request: EnrolWho, { same, alike, odd }: EnrolmentDoubts, pictureNames: readonly string[]): string[] {
  const who = `${request.name} (${request.id})`;
  const sentences: string[] = [];
  const refuse = (error: LimenError) => {
    if (!request.despiteDoubts) throw error;
    sentences.push(error.message);
  };
  if (odd.length > 0) {
    const names = odd.map((position) => pictureNames[position]).join(', ');
    const what = odd.length === pictureNames.length ? 'do not show one person' : 'may show somebody else';
    refuse(
      new LimenError('image.other-person', `${who}: ${names} ${what}, compared with the other pictures.`, {
        hint: 'Look at the pictures and leave out what is wrong; if all show the same person, enrol with --force.',
      }),
    );
  }
  if (same !== null) {
    const { person, distance, limit } = same;
    refuse(
      new LimenError(
        'person.look-alike',
        `${who} looks like ${person.name} (${person.id}), who is enrolled: distance ${distance.toFixed(3)}, below ${limit.toFixed(3)}.`,
        {
          hint: 'If it is the same person, erase one of the two; if not, enrol with --force, and know that one may be taken for the other.',
        },
      ),
    );
  }
  for (const { person, distance } of alike) {
    sentences.push(
      `${who} and ${person.name} (${person.id}) are alike: distance ${distance.toFixed(3)}. Where it matters, give both a card or a PIN.`,
    );
  }
  return sentences;
}
