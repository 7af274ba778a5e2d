import { parentPort } from 'node:worker_threads';
import sharp, { type Sharp } from 'sharp';
import { LimenError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import { rgbOf } from './rgb.ts';

/** The far side of `picture-encoder.ts`: frames come in, small JPEGs go out, one after the other. */
const port = parentPort;
if (!port) throw new LimenError('internal', 'encode-worker.ts runs as a worker thread only.');

/** As large as a face on a small screen needs. */
const longestSidePx = 640;
const quality = 75;

sharp.cache(false);
sharp.concurrency(1);

port.on('message', (frame: Frame) => {
  void encode(frame).then(
    (jpeg) => port.postMessage(jpeg, [jpeg.buffer as ArrayBuffer]),
    () => port.postMessage(null),
  );
});

async function encode(frame: Frame): Promise<Uint8Array> {
  const picture = frame.format === 'jpeg' ? sharp(frame.data) : ofPixels(rgbOf(frame, longestSidePx));
  const jpeg = await picture
    .resize({ width: longestSidePx, height: longestSidePx, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .jpeg({ quality })
    .toBuffer();
  return Uint8Array.from(jpeg);
}

function ofPixels({ data, widthPx, heightPx }: ReturnType<typeof rgbOf>): Sharp {
  return sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}
