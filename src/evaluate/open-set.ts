import type { Template } from '../domain/template.ts';
import type { Member, OpenSet, Try } from './identification.ts';
import { seeded, shuffled } from './statistics.ts';

/** Who is enrolled and who is not. */
export interface Split {
  /** Files of each person who is enrolled, in the order of their names. */
  readonly members: readonly (readonly string[])[];
  /** Files of each person who is not. */
  readonly strangers: readonly (readonly string[])[];
}

export interface SplitOptions {
  /** Pictures a person needs to be enrolled and to try once. */
  readonly pictures: number;
  /** Share of those who have enough pictures that is left out of the gallery all the same, by chance. */
  readonly strangerShare: number;
}

/** Whoever has enough pictures is enrolled; whoever has not, and a share of the rest, are strangers. */
export function splitPeople(people: readonly (readonly string[])[], { pictures, strangerShare }: SplitOptions): Split {
  const able = shuffled(
    people.filter((files) => files.length >= pictures),
    seeded(1),
  );
  const left = Math.round(able.length * strangerShare);
  const few = people.filter((files) => files.length > 0 && files.length < pictures);
  return { members: able.slice(left), strangers: [...few, ...able.slice(0, left)] };
}

/** How many pictures make a template set, and how many an attempt. */
export interface Condition {
  /** Pictures enrolled per person. */
  readonly enrol: number;
  /** Pictures fused into one attempt, as a door fuses frames. */
  readonly frames: number;
}

/**
 * The experiment under one condition. The first `mostEnrolled` pictures of a person are kept for enrolment under every
 * condition and the same pictures try in all of them, so that conditions differ in nothing else. A remainder that does
 * not fill an attempt is left out. A stranger tries once, and only with as many pictures.
 */
export function openSetOf(
  split: Split,
  { enrol, frames }: Condition,
  {
    mostEnrolled,
    templates,
    embedder,
  }: { mostEnrolled: number; templates: ReadonlyMap<string, Template | null>; embedder: string },
): OpenSet {
  const of = (file: string) => templates.get(file) ?? null;
  const found = (files: readonly string[]): Try => files.flatMap((file) => of(file) ?? []);
  const members = split.members.map((files): Member => {
    const tries = files.slice(mostEnrolled);
    const attempts = Array.from({ length: Math.floor(tries.length / frames) }, (_, i) =>
      found(tries.slice(i * frames, (i + 1) * frames)),
    );
    return { enrol: files.slice(0, enrol).map(of), attempts };
  });
  const able = split.strangers.filter((files) => files.length >= frames);
  const strangers = able.map((files) => found(files.slice(0, frames)));
  return { members, strangers, embedder };
}
