import type { Calibration } from '../domain/calibration.ts';
import type { Person } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import { averageLinkage, type NearPair } from './average-linkage.ts';
import { Gallery } from './gallery.ts';
import { matchable, sameDistance, strangeDistance } from './likeness.ts';
import type { Visit } from './visitors.ts';

/** One enrolled template. */
export interface TemplateRef {
  readonly personId: string;
  /** Position among the person's templates, from 0. */
  readonly position: number;
}

/** Enrolments that do not belong together, or belong together under different names. */
export interface EnrolmentClusters {
  /** People whose templates fall apart into several faces: positions, the largest part first. */
  readonly split: ReadonlyArray<{ readonly personId: string; readonly parts: readonly (readonly number[])[] }>;
  /** Templates of several people that look like one face. */
  readonly mixed: ReadonlyArray<{ readonly people: readonly string[]; readonly templates: readonly TemplateRef[] }>;
  /** 1 − cosine that holds two templates of one person together, and that joins templates of two people. */
  readonly togetherDistance: number;
  readonly joinDistance: number;
}

/**
 * Group what is enrolled by face instead of by name. A person's templates belong together while they are nearer to each
 * other than {@link strangeDistance} on average, templates of several people when they are nearer than
 * {@link sameDistance}.
 */
export function enrolmentClusters(gallery: Gallery, calibration: Calibration): EnrolmentClusters {
  const refs = [...gallery.people.keys()].flatMap((personId) =>
    matchable(gallery, personId).map(({ position, template }) => ({ personId, position, template })),
  );
  const togetherDistance = strangeDistance(calibration);
  const joinDistance = sameDistance(calibration, refs.length);
  const templates = refs.map(({ template }) => template);
  const mixed = averageLinkage({
    templates,
    pairs: pairsNear(gallery, templates, joinDistance),
    distance: joinDistance,
  })
    .map((rows) => rows.map((row): TemplateRef => ({ personId: refs[row]!.personId, position: refs[row]!.position })))
    .map((own) => ({ people: [...new Set(own.map(({ personId }) => personId))], templates: own }))
    .filter(({ people }) => people.length > 1);
  const split = [...gallery.people.keys()]
    .map((personId) => ({ personId, parts: partsOf(gallery, personId, togetherDistance) }))
    .filter(({ parts }) => parts.length > 1);
  return { split, mixed, togetherDistance, joinDistance };
}

function partsOf(gallery: Gallery, personId: string, distance: number): number[][] {
  const own = matchable(gallery, personId);
  const pairs = own.flatMap((_, a) => own.slice(0, a).map((__, b): NearPair => ({ a, b })));
  return averageLinkage({ templates: own.map(({ template }) => template), pairs, distance })
    .map((indices) => indices.map((index) => own[index]!.position))
    .sort((a, b) => b.length - a.length);
}

/** Pairs of the rows of a gallery that are at most so far apart. */
function pairsNear(gallery: Gallery, templates: readonly Template[], distance: number): NearPair[] {
  return templates.flatMap((template, a) =>
    gallery
      .within(template, distance)
      .filter(({ row }) => row > a)
      .map(({ row }): NearPair => ({ a, b: row })),
  );
}

/** Somebody unknown who was refused more than once. */
export interface RecurringVisitor {
  /** Beginning of each visit, oldest first; tries within a quarter of an hour are one visit. */
  readonly visits: readonly string[];
  readonly tries: number;
}

/** Who comes again among the unknown. */
export interface VisitorClusters {
  readonly recurring: readonly RecurringVisitor[];
  /** Tries that look like no other one. */
  readonly single: number;
  /** Tries of another embedder, which cannot be compared any more. */
  readonly foreign: number;
  /** 1 − cosine that joins two tries. */
  readonly joinDistance: number;
}

const oneVisitMs = 15 * 60_000;

/** Group refused visits by face, at {@link sameDistance}. The most frequent visitor first. */
export function visitorClusters(visits: readonly Visit[], calibration: Calibration): VisitorClusters {
  const own = visits.filter(({ template }) => template.model === calibration.embedder);
  const templates = own.map(({ template }) => template);
  const gallery = galleryOfVisits(own, calibration.embedder);
  const joinDistance = sameDistance(calibration, own.length);
  const groups = averageLinkage({
    templates,
    pairs: pairsNear(gallery, templates, joinDistance),
    distance: joinDistance,
  });
  const recurring = groups
    .filter((rows) => rows.length > 1)
    .map((rows) => rows.map((row) => own[row]!.at).sort())
    .map((times): RecurringVisitor => ({ visits: visitsAmong(times), tries: times.length }))
    .sort((a, b) => b.visits.length - a.visits.length || b.tries - a.tries);
  const single = groups.filter((rows) => rows.length === 1).length;
  return { recurring, single, foreign: visits.length - own.length, joinDistance };
}

/** Every visit as a person of its own, so that the matcher can compare them. */
function galleryOfVisits(visits: readonly Visit[], embedder: string): Gallery {
  const people = visits.map(({ template }, i): Person => {
    const id = `visit-${i}`;
    return { id, name: id, templates: [template], groups: [], validFrom: null, validUntil: null, version: 0 };
  });
  return Gallery.from({ lineage: '', version: 0, embedder, people, erased: {} });
}

function visitsAmong(times: readonly string[]): string[] {
  return times.filter((time, i) => i === 0 || Date.parse(time) - Date.parse(times[i - 1]!) > oneVisitMs);
}
