import { assertSameEmbedder, type Template, templateFrom } from './template.ts';

/**
 * The space that glimpses lie in: what the first net of an embedder says, which is the first numbers of its templates.
 * Versioned like an embedder: glimpses meet only one another, and templates that were brought here.
 */
export interface GlimpseSpace {
  /** The model of its templates. */
  readonly id: string;
  /** The embedder whose templates can be brought here. */
  readonly base: string;
  /** How many of their numbers count here. */
  readonly dimensions: number;
}

/**
 * The part of a whole template that a glimpse can be compared with.
 *
 * @throws LimenError `template.foreign-embedder` when it comes from another embedder than the space's.
 */
export function partOf(template: Template, { id, base, dimensions }: GlimpseSpace): Template {
  assertSameEmbedder(base, template.model);
  // The length follows from the direction, so the scale may be left out.
  return templateFrom(id, template.data.subarray(0, dimensions));
}
