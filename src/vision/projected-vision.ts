import { type Projection, projectTemplate } from '../domain/projection.ts';
import type { Vision } from './vision.ts';

/** The same vision, its templates in the space of a site's projection, which glimpses have no place in: every look is full. */
export function projectedVision(vision: Vision, projection: Projection): Vision {
  return {
    model: projection.id,
    async see(frame) {
      const seen = await vision.see(frame);
      const sightings = seen.sightings.map((sighting) => ({
        ...sighting,
        template: sighting.template && projectTemplate(projection, sighting.template),
        glimpse: null,
      }));
      return { ...seen, sightings };
    },
    close: () => vision.close(),
  };
}
