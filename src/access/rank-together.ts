import { fuseTemplates, meanLength, type Template } from '../domain/template.ts';
import type { Candidate, Gallery, Ranking } from '../gallery/gallery.ts';

/**
 * Compare several sightings of one face with everyone, together: each person's distance is the mean of the sightings'
 * distances to their template.
 *
 * The mean of the scores, and not the score of the mean template, which is nearer to everybody: averaging takes away what
 * differs between the frames and leaves what all faces have in common. τ comes from comparisons of single pictures. On
 * LFW, windows over six different pictures of a stranger matched at 5 to 8 times the promised rate by the mean template, at
 * 0.6 to 0.9 times by the mean score (docs/decisions/0004-mean-of-scores.md).
 *
 * @throws LimenError as `fuseTemplates` and `Gallery.rank` do.
 */
export function rankTogether(gallery: Gallery, templates: readonly Template[]): Ranking {
  const length = meanLength(templates);
  const apart = (candidate: Candidate | null) =>
    candidate && { ...candidate, distance: 1 - (1 - candidate.distance) * length };
  // The fused template ranks as the mean of the cosines does: all of them are divided by the same length.
  const { nearest, other } = gallery.rank(fuseTemplates(templates));
  return { nearest: apart(nearest), other: apart(other) };
}
