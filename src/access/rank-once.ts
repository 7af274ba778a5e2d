import type { Template } from '../domain/template.ts';
import type { Gallery, Ranking } from '../gallery/gallery.ts';

const known = new WeakMap<Gallery, WeakMap<Template, Ranking>>();

/**
 * `gallery.rank(template)`, computed once per pair: a sighting stays in its track's window for several frames, and
 * a large gallery takes milliseconds to search. Both sides are immutable, so the memory is always true.
 */
export function rankOnce(gallery: Gallery, template: Template): Ranking {
  let rankings = known.get(gallery);
  if (rankings === undefined) {
    rankings = new WeakMap();
    known.set(gallery, rankings);
  }
  let ranking = rankings.get(template);
  if (ranking === undefined) {
    ranking = gallery.rank(template);
    rankings.set(template, ranking);
  }
  return ranking;
}
