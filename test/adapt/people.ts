import { type Template, templateFrom } from '../../src/domain/template.ts';
import { seeded } from '../../src/evaluate/statistics.ts';

export const dimensions = 16;
export const model = 'made/1';

export interface Made {
  readonly people: number;
  readonly pictures: number;
  /** How strongly the light, say, moves the first two numbers, whoever it is. */
  readonly nuisance: number;
  /** How strongly every number moves by chance. */
  readonly noise: number;
  readonly seed?: number;
  /** The embedder that they are said to come from, and how many numbers it gives. */
  readonly of?: { readonly model: string; readonly dimensions: number };
}

/** Templates of people who differ in all numbers but the first two, which say nothing about who it is. */
export function madePeople({
  people,
  pictures,
  nuisance,
  noise,
  seed = 1,
  of = { model, dimensions },
}: Made): Template[][] {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: people }, () => {
    const own = Array.from({ length: of.dimensions }, (_, i) => (i < 2 ? 0 : normal()));
    return Array.from({ length: pictures }, () =>
      templateFrom(
        of.model,
        own.map((value, i) => value + (i < 2 ? nuisance : noise) * normal()),
      ),
    );
  });
}
