import type { Seen } from '../domain/sighting.ts';

/** A second face at least this large beside the first one stands at the door as well, and not behind in the corridor. */
const besideShare = 0.7;

/** Whether two people stand before the camera side by side, so that nobody can tell who is meant. */
export function isCrowd({ sightings: [first, second] }: Pick<Seen, 'sightings'>): boolean {
  if (first === undefined || second === undefined || second.quality.failures.includes('too-small')) return false;
  return second.face.box.height >= besideShare * first.face.box.height;
}
