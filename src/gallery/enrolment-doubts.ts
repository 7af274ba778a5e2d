import type { Calibration } from '../domain/calibration.ts';
import type { Person } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import { Gallery } from './gallery.ts';
import { distanceAt, strangeDistance, typicalDistance } from './likeness.ts';
import { fmrNeededFor, loosestFmr } from './threshold.ts';

/** Somebody of the gallery who looks like the person to be enrolled. */
export interface LookAlike {
  readonly person: Person;
  /** 1 − cosine of the nearest templates of the two. */
  readonly distance: number;
  /** The distance below which they are called so, for a gallery of this size. */
  readonly limit: number;
}

/** What speaks against enrolling these templates as one new person. */
export interface EnrolmentDoubts {
  /** So near that it is one person with two ids, or nobody's door can tell the two apart. */
  readonly same: LookAlike | null;
  /** Nearer than one in twenty new people is to anybody here: the two may be taken for each other. */
  readonly alike: readonly LookAlike[];
  /** Positions of templates that are as far from the others as strangers are. */
  readonly odd: readonly number[];
}

/** The share of people who are really new that may be refused as known; a door takes as many for one another by default. */
const wronglyRefused = 0.001;
/** The share of them that may be flagged as alike to somebody. */
const wronglyFlagged = 0.05;

/**
 * Look at a new person's templates before they are enrolled. All limits come from the pack's impostor figures and the
 * size of the gallery: a larger one has a nearer nearest stranger.
 *
 * @throws LimenError `pack.invalid` when the figures contradict themselves.
 */
export function doubtsAbout(
  templates: readonly Template[],
  { people, calibration }: { readonly people: readonly Person[]; readonly calibration: Calibration },
): EnrolmentDoubts {
  const odd = oddOnes(templates, strangeDistance(calibration));
  const embedder = templates[0]?.model ?? calibration.embedder;
  const gallery = Gallery.from({ lineage: '', version: 0, embedder, people, erased: {} });
  if (gallery.rows === 0) return { same: null, alike: [], odd };
  const limitFor = (share: number) =>
    distanceAt(calibration, Math.min(loosestFmr, fmrNeededFor(share, gallery.rows * templates.length)));
  const limit = limitFor(wronglyFlagged);
  const nearest = new Map<string, number>();
  for (const template of templates) {
    for (const { personId, distance } of gallery.within(template, limit)) {
      nearest.set(personId, Math.min(distance, nearest.get(personId) ?? 2));
    }
  }
  const alike = [...nearest]
    .sort((a, b) => a[1] - b[1])
    .map(([id, distance]) => ({ person: gallery.people.get(id)!, distance, limit }));
  const sameLimit = limitFor(wronglyRefused);
  const [first] = alike;
  const same = first !== undefined && first.distance <= sameLimit ? { ...first, limit: sameLimit } : null;
  return { same, alike: same === null ? alike : alike.slice(1), odd };
}

/** Of two that do not go together both are odd: nobody can tell which one is wrong. */
function oddOnes(templates: readonly Template[], strange: number): number[] {
  if (templates.length < 2) return [];
  return templates.flatMap((template, position) => {
    const others = templates.filter((_, i) => i !== position);
    return typicalDistance(template, others) > strange ? [position] : [];
  });
}
