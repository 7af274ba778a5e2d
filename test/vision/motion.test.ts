import test from 'ava';
import sharp from 'sharp';
import { MotionGate } from '../../src/vision/motion.ts';
import type { Picture } from '../../src/vision/pixels.ts';
import { bytesOf } from '../support/people.ts';
import { rawOf, toYuv420 } from '../support/pictures.ts';

const widthPx = 320;
const heightPx = 240;

interface Scene {
  /** Light of every pixel. */
  readonly light?: number;
  /** Amplitude of the noise, per pixel. */
  readonly noise?: number;
  /** A dark figure, and where its left edge is. */
  readonly figure?: { readonly x: number; readonly width: number; readonly height: number };
}

/** A camera before a wall, as yuv420p. */
function wall({ light = 120, noise = 6, figure }: Scene, random: () => number): Picture {
  const data = new Uint8Array((widthPx * heightPx * 3) / 2).fill(128);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at++) {
      const inside = figure && x >= figure.x && x < figure.x + figure.width && y >= heightPx - figure.height;
      data[at] = Math.max(0, Math.min(255, (inside ? light - 60 : light) + noise * (2 * random() - 1)));
    }
  }
  return { format: 'yuv420p', widthPx, heightPx, data };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Show pictures 100 ms apart; which of them moved. */
function watch(scenes: readonly Scene[], gate = new MotionGate(), random = seeded(7)): boolean[] {
  return scenes.map((scene, i) => gate.moved(wall(scene, random), i * 100));
}

const repeat = (count: number, scene: (i: number) => Scene = () => ({})) =>
  Array.from({ length: count }, (_, i) => scene(i));

test('a wall is still, however the sensor grains; the first picture is always looked at', (t) => {
  const [first, ...others] = watch(repeat(30, () => ({ noise: 12 })));
  t.true(first);
  t.deepEqual(others.filter(Boolean), []);
});

test('a person far away is noticed in the first picture that shows them', (t) => {
  const figure = { x: 150, width: 15, height: 60 };
  t.deepEqual(watch([...repeat(20), { figure }]).slice(-2), [false, true]);
});

test('daylight that comes and goes is no motion', (t) => {
  const sunrise = watch(repeat(100, (i) => ({ light: 90 + 0.6 * i })));
  t.deepEqual(sunrise.slice(1).filter(Boolean), []);
});

test('a lamp that is switched on is no motion for long', (t) => {
  const moved = watch([...repeat(20), ...repeat(60, () => ({ light: 180 }))]);
  t.deepEqual(moved.slice(-20).filter(Boolean), []);
});

test('what is put down becomes part of the picture', (t) => {
  const figure = { x: 50, width: 40, height: 45 };
  const moved = watch([...repeat(20), ...repeat(150, () => ({ figure }))]);
  t.true(moved[20]);
  t.deepEqual(moved.slice(-20).filter(Boolean), []);
});

test('what sways all day becomes part of the picture, and a person beside it is still noticed', (t) => {
  const gate = new MotionGate();
  const random = seeded(3);
  const sway = (i: number) => ({ figure: { x: 20 + 5 * Math.round(Math.sin(i)), width: 30, height: 150 } });
  const moved = watch(repeat(200, sway), gate, random);
  t.true(moved.slice(1, 20).some(Boolean));
  t.deepEqual(moved.slice(-50).filter(Boolean), []);
  const person = wall({ figure: { x: 200, width: 20, height: 80 } }, random);
  t.true(gate.moved(person, 200 * 100));
});

test('a walk-up moves, as JPEG and as YUV', async (t) => {
  const gates = [new MotionGate(), new MotionGate()] as const;
  const moved: [boolean, boolean][] = [];
  for (let i = 1; i <= 50; i += 2) {
    const frame = await rawOf(bytesOf(`clips/walkup-s01-stranger/frame-${String(i).padStart(4, '0')}.jpg`));
    moved.push([gates[0].moved(frame, i * 100), gates[1].moved(toYuv420(frame), i * 100)]);
  }
  for (const format of [0, 1] as const) t.true(moved.filter((both) => both[format]).length >= 23, `${format}`);
});

test('a camera that changes its size is looked at, whatever it shows', async (t) => {
  const gate = new MotionGate();
  const small = await rawOf(await sharp(bytesOf('scenes/empty-corridor.jpg')).resize(320, 240).toBuffer());
  const large = await rawOf(bytesOf('scenes/empty-corridor.jpg'));
  t.deepEqual([gate.moved(large, 0), gate.moved(large, 100), gate.moved(small, 200)], [true, false, true]);
});
