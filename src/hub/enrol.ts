import { LimenError } from '../domain/errors.ts';
import { idPattern, type Person } from '../domain/person.ts';
import { qualityGuidance } from '../domain/quality.ts';
import type { Sighting } from '../domain/sighting.ts';
import { cosineDistance, fuseTemplates, type Template } from '../domain/template.ts';
import type { Vision } from '../vision/vision.ts';
import type { NewPerson } from './hub-store.ts';

/** A picture of the person, and what to call it in a message. */
export interface Picture {
  readonly name: string;
  readonly jpeg: Uint8Array;
}

/** Who is to be enrolled. */
export interface EnrolRequest {
  readonly id: string;
  readonly name: string;
  readonly pictures: readonly Picture[];
  readonly groups?: readonly string[];
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
  /** Enrol although someone looks alike: a twin, for example. */
  readonly allowLookAlike?: boolean;
}

/** How strict enrolment is. */
export interface EnrolLimits {
  /** Templates per person, at most; of more pictures the sharpest are kept. */
  readonly maxTemplates: number;
  /** 1 - cosine below which two people are too alike to tell apart; from the pack's calibration. `null` switches it off. */
  readonly lookAlikeDistance: number | null;
}

/**
 * Turn pictures into someone who can be recognised. Every picture must hold exactly one face that passes every quality
 * gate: one bad template in a gallery is a door that opens for the wrong person.
 *
 * @throws LimenError `usage.invalid`, `image.no-face`, `image.many-faces`, `image.poor-quality`, `image.unreadable`,
 *   each naming the picture, or `person.look-alike` naming who looks alike.
 */
export async function personFromPictures(
  request: EnrolRequest,
  context: { readonly vision: Vision; readonly people: readonly Person[]; readonly limits: EnrolLimits },
): Promise<NewPerson> {
  assertUsable(request);
  const sightings: Sighting[] = [];
  for (const picture of request.pictures) sightings.push(await onlyFace(picture, context.vision));
  const templates = sightings
    .toSorted((a, b) => b.quality.sharpness - a.quality.sharpness)
    .slice(0, context.limits.maxTemplates)
    .map(({ template }) => template as Template);
  if (!request.allowLookAlike) assertNoLookAlike(request, templates, context);
  const { id, name, groups = [], validFrom = null, validUntil = null } = request;
  return { id, name, groups, validFrom, validUntil, templates };
}

function assertUsable({ id, name, pictures }: EnrolRequest): void {
  if (!idPattern.test(id)) {
    throw new LimenError('usage.invalid', `"${id}" cannot be a person's id.`, {
      hint: 'Use letters, digits, ".", "_" and "-", at most 64, not starting with a dot.',
    });
  }
  if (name.trim() === '' || name.length > 200) {
    throw new LimenError('usage.invalid', `The name of ${id} must have 1 to 200 characters.`);
  }
  if (pictures.length === 0) {
    throw new LimenError('usage.invalid', `${id} cannot be enrolled without a picture.`, {
      hint: 'Give at least one; three from slightly different sides recognise better.',
    });
  }
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
      hint: `Take it again: ${reasons.map((reason) => qualityGuidance[reason]).join(', ')}.`,
    });
  }
  return face;
}

function assertNoLookAlike(
  { id, name }: EnrolRequest,
  templates: readonly Template[],
  { people, limits, vision }: { people: readonly Person[]; limits: EnrolLimits; vision: Vision },
): void {
  if (limits.lookAlikeDistance === null) return;
  const probe = fuseTemplates(templates);
  let nearest: { person: Person; distance: number } | null = null;
  for (const person of people) {
    const own = person.templates.filter(({ model }) => model === vision.model);
    if (own.length === 0) continue;
    const distance = cosineDistance(probe, fuseTemplates(own));
    if (distance < (nearest?.distance ?? limits.lookAlikeDistance)) nearest = { person, distance };
  }
  if (nearest === null) return;
  const { person, distance } = nearest;
  throw new LimenError(
    'person.look-alike',
    `${name} (${id}) looks like ${person.name} (${person.id}), who is enrolled: distance ${distance.toFixed(3)}, below ${limits.lookAlikeDistance.toFixed(3)}.`,
    {
      hint: 'If it is the same person, erase one of the two; if not, enrol with --force, and know that one may be taken for the other.',
    },
  );
}
