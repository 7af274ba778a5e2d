import type { Calibration } from '../domain/calibration.ts';
import type { Box } from '../domain/face.ts';
import { guidanceWords } from '../domain/guidance.ts';
import type { Person } from '../domain/person.ts';
import type { Quality } from '../domain/quality.ts';
import { doubtsAbout, type LookAlike } from '../gallery/enrolment-doubts.ts';
import type { Vision } from '../vision/vision.ts';
import type { Picture } from './enrol.ts';

/** Somebody enrolled whom a picture resembles. */
export interface Resemblance {
  readonly id: string;
  readonly name: string;
  /** 1 − cosine of the nearest templates of the two. */
  readonly distance: number;
  /** So near that it is the same person, or nobody's door can tell the two apart. */
  readonly same: boolean;
}

/** What a picture is good for, before anybody is enrolled with it. */
export interface Look {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly faces: number;
  /** Of the largest face, in pixels. */
  readonly box: Box | null;
  readonly quality: Quality | null;
  /** What to tell the person, so that the next picture is better; empty for one that is good enough. */
  readonly guidance: readonly string[];
  /** One face, and every quality gate passed. */
  readonly good: boolean;
  /** Nearest first; empty where it was not asked for, or cannot be told. */
  readonly resembles: readonly Resemblance[];
}

/**
 * Look at a picture. What is wrong with it is told and not thrown.
 *
 * @param context.people whom to compare with
 * @throws LimenError `image.unreadable`, `image.too-large`.
 */
export async function lookAt(
  { jpeg }: Pick<Picture, 'jpeg'>,
  context: { readonly vision: Vision; readonly people: readonly Person[]; readonly calibration: Calibration | null },
): Promise<Look> {
  const { vision, people, calibration } = context;
  // A copy: the worker may take the bytes away.
  const seen = await vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data: Uint8Array.from(jpeg) });
  const { widthPx, heightPx, sightings } = seen;
  const [face] = sightings;
  const common = { widthPx, heightPx, faces: sightings.length };
  if (face === undefined) return { ...common, box: null, quality: null, guidance: [], good: false, resembles: [] };
  const { template, quality } = face;
  const doubts = template && calibration && people.length > 0 ? doubtsAbout([template], { people, calibration }) : null;
  return {
    ...{ ...common, box: face.face.box, quality },
    guidance: quality.failures.map((failure) => guidanceWords[failure]),
    good: sightings.length === 1 && template !== null,
    resembles:
      doubts === null
        ? []
        : [...resemblances(doubts.same, true), ...doubts.alike.flatMap((one) => resemblances(one, false))],
  };
}

function resemblances(alike: LookAlike | null, same: boolean): Resemblance[] {
  return alike === null ? [] : [{ id: alike.person.id, name: alike.person.name, distance: alike.distance, same }];
}
