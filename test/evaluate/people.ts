import type { Template } from '../../src/domain/template.ts';
import { templateFrom } from '../../src/domain/template.ts';
import { seeded } from '../../src/evaluate/statistics.ts';

/** Made-up people: `pictures` noisy copies each of a random direction; the noise decides how hard they are to tell apart. */
export function madeUp(people: number, { pictures = 1, noise = 0.5, dimensions = 16, seed = 1 } = {}): Template[][] {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: people }, () => {
    const centre = Array.from({ length: dimensions }, normal);
    return Array.from({ length: pictures }, () =>
      templateFrom(
        'made-up/1',
        centre.map((value) => value + noise * normal()),
      ),
    );
  });
}
