import test from 'ava';
import { seeded, shareInterval } from '../../src/evaluate/statistics.ts';
import { nearestThresholdFor } from '../../src/gallery/threshold.ts';
import { galleryWith, personWith, pictureOf, sphereFigures, strangerOnSphere } from './sphere.ts';

/** Strangers before many galleries: the share that comes within τ, with its interval, beside the prediction. */
function plant({ people, pictures, noise }: { people: number; pictures: number; noise: number }) {
  const random = seeded(20261124);
  const comparisons = people * pictures;
  const { threshold, predictedFpir } = nearestThresholdFor({
    calibration: sphereFigures,
    comparisons,
    targetFpir: 0.05,
  });
  let accepted = 0;
  let tries = 0;
  for (let round = 0; round < 200; round++) {
    const gallery = galleryWith(
      Array.from({ length: people }, (_, i) => {
        const face = strangerOnSphere(random);
        return personWith(
          `p${i}`,
          Array.from({ length: pictures }, () => pictureOf(face, random, noise)),
        );
      }),
    );
    for (let i = 0; i < 200; i++, tries++) {
      const { nearest } = gallery.rank(pictureOf(strangerOnSphere(random), random));
      if (nearest!.distance <= threshold) accepted += 1;
    }
  }
  return { predictedFpir, observed: accepted / tries, interval: shareInterval(accepted, tries) };
}

test('with one template each, as many strangers get in as is predicted', (t) => {
  const { predictedFpir, observed, interval } = plant({ people: 50, pictures: 1, noise: 0 });
  t.true(Math.abs(predictedFpir - (1 - 0.999 ** 50)) < 1e-9);
  t.true(interval[0] <= predictedFpir && predictedFpir <= interval[1], `${observed} in ${interval}, ${predictedFpir}`);
});

test('several templates of one person are near each other, and the prediction is on the safe side', (t) => {
  const { predictedFpir, interval } = plant({ people: 20, pictures: 3, noise: 0.02 });
  t.true(interval[1] < predictedFpir, `${interval} ${predictedFpir}`);
});
