import test from 'ava';
import sharp from 'sharp';
import { LimenError } from '../../src/domain/errors.ts';
import { intersectionOverUnion, type Point } from '../../src/domain/face.ts';
import type { Frame, RawFrame } from '../../src/domain/frame.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { cosineDistance, type Template } from '../../src/domain/template.ts';
import type { QualityGates } from '../../src/vision/quality.ts';
import type { Vision } from '../../src/vision/vision.ts';
import { defaultGates, openGates } from '../support/gates.ts';
import { bytesOf, pictures, scenes } from '../support/people.ts';
import { jpegOf, rawOf, toYuv420 } from '../support/pictures.ts';

/** What every vision promises; `test/vision` runs it in place and in a worker thread. */
export function visionContract(where: string, open: (gates: QualityGates) => Promise<Vision>): void {
  const withVision = async (gates: QualityGates, use: (vision: Vision) => Promise<void>) => {
    const vision = await open(gates);
    await use(vision).finally(() => vision.close());
  };

  test(`${where}: finds every bundled person, box and eyes in the right place`, (t) =>
    withVision(openGates, async (vision) => {
      for (const picture of pictures) {
        const { sightings, widthPx, heightPx } = await vision.see(jpegFrame(bytesOf(picture.file)));
        t.deepEqual([sightings.length, widthPx, heightPx], [1, 640, 480], picture.file);
        const { face, template } = sightings[0] as Sighting;
        t.true(intersectionOverUnion(face.box, picture.box) > 0.4, `${picture.file}: box`);
        const [left, right] = picture.eyes as [Point, Point];
        const tolerance = 0.2 * apart(left, right);
        t.true(apart(face.landmarks.leftEye, left) < tolerance, `${picture.file}: left eye`);
        t.true(apart(face.landmarks.rightEye, right) < tolerance, `${picture.file}: right eye`);
        t.is(face.contour?.length, 68);
        t.is(template?.model, vision.model);
      }
    }));

  test(`${where}: sees nobody in an empty corridor`, (t) =>
    withVision(openGates, async (vision) => {
      const empty = scenes.filter(({ faces }) => faces.length === 0);
      t.not(empty.length, 0);
      for (const { file } of empty) t.deepEqual((await vision.see(jpegFrame(bytesOf(file)))).sightings, [], file);
    }));

  test(`${where}: looks at the five largest of six faces, the largest first`, (t) =>
    withVision(openGates, async (vision) => {
      const { sightings } = await vision.see(jpegFrame(await sixFaces()));
      const areas = sightings.map(({ face: { box } }) => box.width * box.height);
      t.is(sightings.length, 5);
      t.deepEqual(
        areas,
        areas.toSorted((a, b) => b - a),
      );
    }));

  test(`${where}: a face below the gates is reported with its failures and without a template`, (t) =>
    withVision({ ...defaultGates, minInterEyePx: 300, minSharpness: 1e6 }, async (vision) => {
      const { sightings } = await vision.see(jpegFrame(bytesOf('people/p01/enrol-1.jpg')));
      t.deepEqual(sightings[0]?.quality.failures, ['too-small', 'blurred']);
      t.is(sightings[0]?.template, null);
    }));

  test(`${where}: JPEG, RGB and YUV of one picture show the same face`, (t) =>
    withVision(openGates, async (vision) => {
      const jpeg = bytesOf('people/p05/enrol-1.jpg');
      const rgb = await rawOf(jpeg);
      const [first, ...others] = await Promise.all(
        [jpegFrame(jpeg), rgb, toYuv420(rgb)].map(async (frame) => (await vision.see(copyOf(frame))).sightings[0]!),
      );
      for (const other of others) {
        // Two passes of the detector may score one face alike and frame it differently: which wins is chance.
        t.true(intersectionOverUnion(first!.face.box, other.face.box) > 0.7);
        const distance = cosineDistance(first!.template as Template, other.template as Template);
        t.true(distance < 0.003, `distance ${distance}`);
      }
    }));

  test(`${where}: a picture turned by its EXIF tag is seen upright`, (t) =>
    withVision(openGates, async (vision) => {
      const onItsSide = await sharp(bytesOf('people/p05/enrol-1.jpg'))
        .rotate(-90)
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer();
      const { sightings, widthPx } = await vision.see(jpegFrame(onItsSide));
      t.is(widthPx, 640);
      t.true(Math.abs(sightings[0]?.quality.rollDeg ?? 90) < 10);
    }));

  test(`${where}: a 20-megapixel picture is seen at a working size`, (t) =>
    withVision(openGates, async (vision) => {
      const data = await sharp(bytesOf('people/p05/enrol-1.jpg')).resize(5164, 3873).jpeg({ quality: 60 }).toBuffer();
      const seen = await vision.see(jpegFrame(data));
      t.deepEqual([seen.widthPx, seen.heightPx, seen.sightings.length], [1280, 960, 1]);
    }));

  test(`${where}: refuses what is no usable picture, says why, and goes on`, (t) =>
    withVision(openGates, async (vision) => {
      const whole = bytesOf('people/p01/enrol-1.jpg');
      const bad: Array<[Frame, LimenError['code'], RegExp]> = [
        [jpegFrame(whole.slice(0, whole.length >> 1)), 'image.unreadable', /cut short/],
        [jpegFrame(whole.slice(0, 20)), 'image.unreadable', /cut short/],
        [jpegFrame(new Uint8Array(0)), 'image.unreadable', /no JPEG/],
        [
          jpegFrame(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')),
          'image.unreadable',
          /no JPEG/,
        ],
        [jpegFrame(await jpegOf(1, 1)), 'image.unreadable', /1x1 pixels/],
        [jpegFrame(await jpegOf(6000, 5000)), 'image.too-large', /24 million/],
        [rawFrame('rgb24', 640, 480, 640 * 480), 'image.unreadable', /640x480 cannot be 307200 bytes/],
        [rawFrame('yuv420p', 641, 480, 461520), 'image.unreadable', /641x480/],
      ];
      for (const [frame, code, sentence] of bad) {
        const error = await t.throwsAsync(vision.see(frame), { instanceOf: LimenError, message: sentence });
        t.is((error as LimenError).code, code);
      }
      t.is((await vision.see(jpegFrame(whole))).sightings.length, 1);
    }));

  test(`${where}: answers overlapping calls each with its own frame`, (t) =>
    withVision(openGates, async (vision) => {
      const files = ['people/p01/enrol-1.jpg', 'scenes/empty-corridor.jpg', 'people/p02/enrol-1.jpg'];
      const seen = await Promise.all(
        files.map((file, id) => vision.see({ ...jpegFrame(bytesOf(file)), id, capturedAtMs: 7 * id })),
      );
      t.deepEqual(
        seen.map(({ frameId, capturedAtMs, sightings }) => [frameId, capturedAtMs, sightings.length]),
        [
          [0, 0, 1],
          [1, 7, 0],
          [2, 14, 1],
        ],
      );
      for (const { timings } of seen) t.true(Object.values(timings).every((ms) => ms >= 0) && timings.detectMs > 0);
    }));

  test(`${where}: gives the memory of a frame back once it is read, also when it was no picture`, (t) =>
    withVision(openGates, async (vision) => {
      const back: number[] = [];
      const giveBack = ({ byteLength }: Uint8Array) => back.push(byteLength);
      const raw = toYuv420(await rawOf(bytesOf('people/p01/enrol-1.jpg')));
      await vision.see({ ...raw, giveBack });
      t.deepEqual(back, [640 * 480 * 1.5]);
      await t.throwsAsync(vision.see({ ...rawFrame('rgb24', 640, 480, 100), giveBack }));
      t.deepEqual(back, [640 * 480 * 1.5, 100]);
    }));

  test(`${where}: sees nothing more once it is closed`, async (t) => {
    const vision = await open(openGates);
    await vision.close();
    await t.throwsAsync(vision.see(jpegFrame(bytesOf('people/p01/enrol-1.jpg'))), { code: 'vision.failed' });
    await t.notThrowsAsync(vision.close());
  });
}

function jpegFrame(data: Uint8Array): Frame {
  return { id: 0, capturedAtMs: 0, format: 'jpeg', data };
}

function rawFrame(format: RawFrame['format'], widthPx: number, heightPx: number, bytes: number): Frame {
  return { id: 0, capturedAtMs: 0, format, widthPx, heightPx, data: new Uint8Array(bytes) };
}

/** A vision may take the bytes of a frame away. */
function copyOf(frame: Frame): Frame {
  return { ...frame, data: Uint8Array.from(frame.data) };
}

function apart(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Six bundled people side by side, three above three, each a little smaller than the one before. */
async function sixFaces(): Promise<Uint8Array> {
  const tiles = ['p01', 'p02', 'p03', 'p04', 'p05', 'p08'].map(async (id, i) => {
    const width = 420 - 15 * i;
    const tile = sharp(bytesOf(`people/${id}/enrol-1.jpg`)).extract({ left: 130, top: 60, width: 340, height: 340 });
    return { input: await tile.resize(width, width).toBuffer(), left: (i % 3) * 425, top: Math.floor(i / 3) * 430 };
  });
  const canvas = sharp({ create: { width: 1280, height: 860, channels: 3, background: '#888' } });
  return canvas
    .composite(await Promise.all(tiles))
    .jpeg()
    .toBuffer();
}
