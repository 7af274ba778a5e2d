import type { Calibration } from '../../src/domain/calibration.ts';
import type { Person } from '../../src/domain/person.ts';
import { type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';

export const model = 'sphere/1';

/**
 * Faces that are points on a ball: two strangers are at most `d` (1 − cosine) apart with a probability of exactly d / 2,
 * the share of the ball's surface that a cap of that height has (Archimedes).
 */
export function strangerOnSphere(random: () => number): [number, number, number] {
  const z = 2 * random() - 1;
  const turn = 2 * Math.PI * random();
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(turn), r * Math.sin(turn), z];
}

/** A picture of a face: the face, and noise of about this angle. */
export function pictureOf([x, y, z]: readonly [number, number, number], random: () => number, noise = 0): Template {
  const off = () => noise * (random() + random() + random() - 1.5);
  return templateFrom(model, [x + off(), y + off(), z + off()]);
}

/** What is true of strangers on the ball, as a pack would carry it. */
export const sphereFigures: Calibration = {
  embedder: model,
  impostorPairs: 100_000_000,
  people: 10_000,
  source: 'Points on a ball',
  quantiles: [0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003, 0.00001].map((fmr) => ({
    ...{ fmr, fmrUpper: fmr, distance: 2 * fmr },
  })),
};

export function personWith(id: string, templates: readonly Template[]): Person {
  return { id, name: `Name of ${id}`, templates, groups: [], validFrom: null, validUntil: null, version: 1 };
}

export function galleryWith(people: readonly Person[]): Gallery {
  return Gallery.from({ lineage: 'l', version: 1, embedder: model, people, erased: {} });
}

/** A template on the equator, at this angle: 1 − cosine of two is about half the square of the angle between them. */
export function atAngle(radians: number): Template {
  return templateFrom(model, [Math.cos(radians), Math.sin(radians), 0]);
}
