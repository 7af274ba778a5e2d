import test from 'ava';
import { terminalEnrolment } from '../src/terminal-enrolment.ts';
import type { Look } from '../src/vision/vision.ts';
import { readingVision } from './support/site.ts';

const demands = () => ({ liveness: 'off', changeDistance: 0.2, sureDistance: 0.1 }) as const;
const frameAt = (capturedAtMs: number) => ({ id: 1, capturedAtMs, format: 'jpeg' as const, data: Buffer.from('ada') });

test('while somebody is enrolled every look is a full one, and the journey has nobody before it', async (t) => {
  const looks: (Look | undefined)[] = [];
  const watched = {
    ...readingVision,
    see: async (frame: Parameters<typeof readingVision.see>[0], look?: Look) => {
      looks.push(look);
      return readingVision.see(frame);
    },
  };
  const { vision, capture } = terminalEnrolment(watched, demands);
  t.is((await vision.see(frameAt(0), 'glimpse')).sightings.length, 1);
  const captured = capture(600_000);
  for (const atMs of [400, 800, 1200, 1600, 2000]) {
    t.deepEqual((await vision.see(frameAt(atMs), 'glimpse')).sightings, []);
  }
  t.is((await captured).length, 5);
  t.is((await vision.see(frameAt(2400), 'glimpse')).sightings.length, 1);
  t.deepEqual(looks, ['glimpse', 'full', 'full', 'full', 'full', 'full', 'glimpse']);
});

test('one at a time; a terminal that stops ends it, and the time that is up as well', async (t) => {
  const enrolment = terminalEnrolment(readingVision, demands);
  const first = enrolment.capture(600_000);
  await t.throwsAsync(enrolment.capture(600_000), { code: 'service.unavailable' });
  enrolment.close();
  await t.throwsAsync(first, { code: 'service.unavailable' });
  await t.throwsAsync(enrolment.capture(0), { code: 'image.no-face' });
});
