import type { Calibration } from '../domain/calibration.ts';
import { cosineDistance, fuseTemplates, type Template } from '../domain/template.ts';
import type { Candidate, Gallery } from './gallery.ts';
import { fmrBoundAt, impostorCurve, pointAt } from './impostor-curve.ts';
import { loosestFmr, predictFpir } from './threshold.ts';

/** One template taken out of the gallery and held against the rest of it. */
export interface SelfScore {
  readonly personId: string;
  /** Position among the person's templates, from 0. */
  readonly template: number;
  /** 1 − cosine to the nearest other template of the same person; `null` when it is the only one. */
  readonly own: number | null;
  /** The nearest somebody else, and the nearest person after that; `null` where there is none. */
  readonly other: Candidate | null;
  readonly next: Candidate | null;
}

/** Leave-one-out scores of everyone who can be matched, in the order of the gallery. */
export function selfScores(gallery: Gallery): SelfScore[] {
  return [...gallery.people.keys()].flatMap((personId) => {
    const templates = matchable(gallery, personId);
    return templates.map(({ template, position }): SelfScore => {
      const rest = templates.filter((one) => one.position !== position);
      const own = rest.length === 0 ? null : Math.min(...rest.map((one) => cosineDistance(template, one.template)));
      const { nearest, other } = gallery.rank(template, { without: personId });
      return { personId, template: position, own, other: nearest, next: other };
    });
  });
}

/** Two people who are near each other, the one earlier in the gallery first. */
export interface LikePair {
  readonly a: string;
  readonly b: string;
  /** 1 − cosine of their nearest templates. */
  readonly distance: number;
  /** Comparisons between the two: the templates of one times those of the other. */
  readonly comparisons: number;
  /** How often two strangers with as many templates are this near, at most. */
  readonly chance: number;
}

/** All pairs of people of whom at least two templates are at most `distance` apart, nearest first. */
export function pairsWithin(gallery: Gallery, distance: number, calibration: Calibration): LikePair[] {
  const curve = impostorCurve(calibration);
  const order = new Map([...gallery.people.keys()].map((id, i) => [id, i]));
  const counts = new Map([...gallery.people.keys()].map((id) => [id, matchable(gallery, id).length]));
  const pairs: LikePair[] = [];
  for (const a of gallery.people.keys()) {
    const nearest = new Map<string, number>();
    for (const { template } of matchable(gallery, a)) {
      for (const found of gallery.within(template, distance)) {
        if (order.get(found.personId)! <= order.get(a)!) continue;
        nearest.set(found.personId, Math.min(found.distance, nearest.get(found.personId) ?? 2));
      }
    }
    for (const [b, apart] of nearest) {
      const comparisons = counts.get(a)! * counts.get(b)!;
      pairs.push({ a, b, distance: apart, comparisons, chance: predictFpir(fmrBoundAt(curve, apart), comparisons) });
    }
  }
  return pairs.sort((x, y) => x.distance - y.distance);
}

/** How well a person's pictures go together. */
export interface Portrait {
  readonly personId: string;
  /** Position of the template nearest to the centre of all. */
  readonly representative: number;
  readonly templates: ReadonlyArray<{
    readonly position: number;
    /** 1 − cosine to the mean direction of all templates of this person. */
    readonly toCentre: number;
    /** 1 − cosine to the others, the {@link typicalDistance}; `null` for a single one. */
    readonly toRest: number | null;
    /** As far from the rest as strangers are: perhaps a picture of somebody else. */
    readonly outlier: boolean;
  }>;
}

/**
 * For each person the most typical template and those that stand apart. A template stands apart when its typical
 * distance to the others is more than {@link strangeDistance}. Two templates that do not go together are both outliers: nobody
 * can tell from two pictures which one is wrong.
 */
export function portraits(gallery: Gallery, calibration: Calibration): Portrait[] {
  const strange = strangeDistance(calibration);
  return [...gallery.people.keys()].flatMap((personId): Portrait[] => {
    const own = matchable(gallery, personId);
    if (own.length === 0) return [];
    const centre = fuseTemplates(own.map(({ template }) => template));
    const templates = own.map(({ template, position }) => {
      const rest = own.filter((one) => one.position !== position).map((one) => one.template);
      const toRest = rest.length === 0 ? null : typicalDistance(template, rest);
      const outlier = toRest !== null && toRest > strange;
      return { position, toCentre: cosineDistance(template, centre), toRest, outlier };
    });
    const [first] = templates.toSorted((a, b) => a.toCentre - b.toCentre);
    return [{ personId, representative: first!.position, templates }];
  });
}

/**
 * Two pictures farther apart than this do not look like one person: 99 of 100 pairs of strangers are farther apart.
 * Of one person's pictures hardly any pair is; the pack's accuracy says how many (TAR at FAR 1e-2).
 */
export function strangeDistance(calibration: Calibration): number {
  return pointAt(impostorCurve(calibration), 0.01).distance;
}

/** The distance at which strangers are as rare as `fmr`, at most; the strictest measured one where data ends before. */
export function distanceAt(calibration: Calibration, fmr: number): number {
  return pointAt(impostorCurve(calibration), fmr).distance;
}

/** Of so many templates each, one has a stranger among the others that is as near as {@link sameDistance}. */
const oneStrangerAmong = 20;

/**
 * Where two of `templates` are taken for one person's: so near that one template in twenty has a stranger that near
 * among the others, at most. Stricter with every template, as far as the pack's figures reach.
 */
export function sameDistance(calibration: Calibration, templates: number): number {
  return distanceAt(calibration, Math.min(loosestFmr, 1 / (oneStrangerAmong * Math.max(1, templates))));
}

/** The templates of a person that this gallery can match, with their positions among all of them. */
export function matchable(gallery: Gallery, personId: string): { template: Template; position: number }[] {
  const { templates = [] } = gallery.people.get(personId) ?? {};
  return templates
    .map((template, position) => ({ template, position }))
    .filter(({ template }) => template.model === gallery.embedder);
}

/**
 * The lower median of the distances to the others: one wrong picture among them changes nothing, as it would the mean.
 *
 * @param others at least one
 */
export function typicalDistance(template: Template, others: readonly Template[]): number {
  const distances = others.map((other) => cosineDistance(template, other)).sort((a, b) => a - b);
  return distances[Math.floor((distances.length - 1) / 2)]!;
}
