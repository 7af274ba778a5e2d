import type { Person } from '../../src/domain/person.ts';
import { type Template, templateFrom } from '../../src/domain/template.ts';
import type { GallerySnapshot } from '../../src/gallery/gallery-store.ts';

export const embedder = 'test-embedder/1';

/** A template that depends on nothing but its seed. */
export function templateOf(seed: number, { dimensions = 16, model = embedder } = {}): Template {
  return templateFrom(
    model,
    Float64Array.from({ length: dimensions }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) + 0.01),
  );
}

export function personOf(id: string, templates: readonly Template[], version = 1): Person {
  return {
    id,
    name: `Name of ${id} – Ünïcode`,
    templates,
    groups: ['staff'],
    validFrom: null,
    validUntil: null,
    version,
  };
}

export function snapshotOf(people: readonly Person[], version = 1): GallerySnapshot {
  return { lineage: 'lineage-1', version, embedder, people, erased: { 'p-gone': 1 } };
}
