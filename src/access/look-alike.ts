import type { Calibration } from '../domain/calibration.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { distanceAt } from '../gallery/likeness.ts';
import { fmrNeededFor, loosestFmr } from '../gallery/threshold.ts';

/** One person in twenty may be flagged as alike to somebody, as enrolment does. */
const wronglyFlagged = 0.05;

/**
 * Who else in the gallery is so like a person that the two may be taken for each other; `null` for nobody. The limit is
 * that of enrolment: it follows from the pack's impostor figures and the size of the gallery.
 */
export function lookAlikeOf(personId: string, gallery: Gallery, calibration: Calibration): string | null {
  const templates = gallery.people.get(personId)?.templates.filter(({ model }) => model === gallery.embedder) ?? [];
  const comparisons = Math.max(1, gallery.rows * templates.length);
  const limit = distanceAt(calibration, Math.min(loosestFmr, fmrNeededFor(wronglyFlagged, comparisons)));
  const nearest = templates
    .flatMap((template) => gallery.rank(template, { without: personId }).nearest ?? [])
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest !== undefined && nearest.distance <= limit ? nearest.personId : null;
}
