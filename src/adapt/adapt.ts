import { createHash } from 'node:crypto';
import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import { type Projection, projectTemplate } from '../domain/projection.ts';
import type { Template } from '../domain/template.ts';
import type { TensorFlow } from '../engine/tensorflow.ts';
import { calibrationFrom } from '../evaluate/impostors.ts';
import { seeded, shuffled } from '../evaluate/statistics.ts';
import { type Enrolled, enrolledFrom } from './enrolled.ts';
import { type Compared, compare, foldsOf, type HeldOut, projectRows, subset, triesIn } from './held-out.ts';
import { type LearningOptions, learnProjection } from './learn.ts';
import { siteCalibration } from './site-calibration.ts';

/** With fewer, a fold has so few people that no difference could be told from chance. */
export const fewestPeople = 20;
const folds = 5;
/** More than this cost minutes and teach nothing new: the distances of all to all are looked at in every step. */
const mostTemplatesEach = 10;
const mostTemplates = 2000;

/** What to learn from, and for which rate. */
export interface AdaptOptions {
  /** Templates per person. People with one only are left out. */
  readonly people: readonly (readonly Template[])[];
  readonly embedder: string;
  /** The share of strangers that the site lets be taken for somebody. */
  readonly targetFpir: number;
  /** One template each of people who are not of the site; the impostor figures are then measured on them. */
  readonly strangers?: { readonly templates: readonly Template[]; readonly source: string };
  readonly tensorFlow: TensorFlow;
  readonly learning?: Partial<LearningOptions>;
  readonly signal?: AbortSignal;
  /** Told before each of `total` times that something is learned. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A projection, and what it did for people it had not seen. */
export interface Adaptation {
  /** Whether it lowers FNIR on people held out: the whole 95 % interval of the difference is below zero. */
  readonly accepted: boolean;
  readonly heldOut: HeldOut;
  readonly people: number;
  readonly templates: number;
  /** `null` unless accepted. */
  readonly learned: LearnedProjection | null;
}

/** What a projection file holds. */
export interface LearnedProjection extends Projection {
  readonly calibration: Calibration;
}

/**
 * Learn a projection for a site and try it on people it has not seen: in five parts, each in turn held out while the
 * rest is learned from. What is accepted was learned from everybody.
 *
 * @throws LimenError `adapt.too-little` with fewer than 20 people of two templates each, `evaluate.too-little` with
 *   fewer than 100 strangers, `template.foreign-embedder`, `adapt.failed`; the signal's reason when it aborts.
 */
export async function adapt(options: AdaptOptions): Promise<Adaptation> {
  const enrolled = enrolledFrom(usable(options));
  const everybody = [...new Set(enrolled.owners)];
  const parts = foldsOf(everybody, folds);
  const learnFrom = async (some: Enrolled, done: number) => {
    options.onProgress?.(done, folds + 1);
    const { tensorFlow, learning, signal } = options;
    const learned = await learnProjection({
      enrolled: some,
      tensorFlow,
      ...(learning !== undefined && { options: learning }),
      ...(signal !== undefined && { signal }),
    });
    return learned.matrix;
  };

  const compared: Compared[] = [];
  const after: Enrolled[] = [];
  for (const [fold, held] of parts.entries()) {
    const matrix = await learnFrom(subset(enrolled, new Set(everybody.filter((one) => !held.includes(one)))), fold);
    const unseen = subset(enrolled, new Set(held));
    const projected = projectRows(unseen, matrix);
    after.push(projected);
    compared.push({ plain: triesIn(unseen), adapted: triesIn(projected) });
  }
  const heldOut = compare(compared, { people: everybody.length, fpir: measurable(options.targetFpir, compared) });
  const accepted = heldOut.interval95[1] < 0;
  const sizes = { people: everybody.length, templates: enrolled.owners.length };
  if (!accepted) return { accepted, heldOut, ...sizes, learned: null };

  const matrix = await learnFrom(enrolled, folds);
  const projection = { id: projectionId(options.embedder, matrix), base: options.embedder, matrix };
  const calibration = calibrationOf(projection, after, options.strangers);
  return { accepted, heldOut, ...sizes, learned: { ...projection, calibration } };
}

/** The name of the templates that a projection makes: its base, and what its matrix is known by. */
export function projectionId(base: string, matrix: Float32Array): string {
  const bytes = new Uint8Array(matrix.buffer, matrix.byteOffset, matrix.byteLength);
  return `${base}+${createHash('sha256').update(base).update(bytes).digest('hex').slice(0, 8)}`;
}

function usable({ people, embedder }: AdaptOptions): Template[][] {
  const several = people
    .map((templates) => templates.filter(({ model }) => model === embedder).slice(0, mostTemplatesEach))
    .filter((templates) => templates.length >= 2);
  if (several.length < fewestPeople) {
    throw new LimenError(
      'adapt.too-little',
      `Only ${several.length} people have two templates of ${embedder} or more; a projection needs ${fewestPeople}.`,
      { hint: 'Enrol people with three to five pictures each, taken on different days, and try again.' },
    );
  }
  const chosen: Template[][] = [];
  let count = 0;
  for (const templates of shuffled(several, seeded(1))) {
    count += templates.length;
    if (count > mostTemplates) break;
    chosen.push(templates);
  }
  return chosen;
}

/** The site's rate, or the lowest that as many tries can show: less than one stranger accepted cannot be seen. */
function measurable(targetFpir: number, compared: readonly Compared[]): number {
  return Math.max(targetFpir, 1 / Math.min(...compared.map(({ plain }) => plain.length)));
}

function calibrationOf(
  projection: Projection,
  heldOut: readonly Enrolled[],
  strangers: AdaptOptions['strangers'],
): Calibration {
  if (strangers === undefined) return siteCalibration(heldOut, projection.id);
  const templates = strangers.templates.map((template) => projectTemplate(projection, template));
  return calibrationFrom(templates, { embedder: projection.id, source: strangers.source });
}
