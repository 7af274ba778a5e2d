import test from 'ava';
import sharp from 'sharp';
import { decode } from '../../src/vision/decode.ts';
import { decodePlainJpeg } from '../../src/vision/decode-jpeg.ts';
import { bytesOf, pictures } from '../support/people.ts';

const [{ file }] = pictures as [(typeof pictures)[number]];
const jpeg = bytesOf(file);
const frame = { id: 0, capturedAtMs: 0, format: 'jpeg' } as const;

test('a plain JPEG has the same pixels, off by a few at most', async (t) => {
  const plain = decodePlainJpeg(jpeg, 1280);
  const careful = await decode({ ...frame, data: jpeg });
  t.deepEqual([plain?.widthPx, plain?.heightPx], [careful.widthPx, careful.heightPx]);
  const off = careful.data.reduce((sum, value, i) => sum + Math.abs(value - plain!.data[i]!), 0) / careful.data.length;
  t.true(off < 1.5, `${off}`);
});

test('whatever is not plain is left to somebody else', async (t) => {
  const grey = new Uint8Array(await sharp(jpeg).greyscale().toColourspace('b-w').jpeg().toBuffer());
  const turned = new Uint8Array(await sharp(jpeg).withMetadata({ orientation: 6 }).jpeg().toBuffer());
  const png = new Uint8Array(await sharp(jpeg).png().toBuffer());
  for (const other of [grey, turned, png, new Uint8Array(), jpeg.subarray(0, 30)])
    t.is(decodePlainJpeg(other, 1280), null);
  t.is(decodePlainJpeg(jpeg, 100), null);
});

test('a quick look at a turned picture turns it, and one that is cut short is refused as ever', async (t) => {
  const turned = new Uint8Array(await sharp(jpeg).withMetadata({ orientation: 6 }).jpeg().toBuffer());
  const upright = await decode({ ...frame, data: turned }, { quick: true });
  const { widthPx, heightPx } = await decode({ ...frame, data: jpeg }, { quick: true });
  t.deepEqual([upright.widthPx, upright.heightPx], [heightPx, widthPx]);
  const cut = jpeg.slice(0, jpeg.length / 2);
  await t.throwsAsync(decode({ ...frame, data: cut }, { quick: true }), { code: 'image.unreadable' });
});
