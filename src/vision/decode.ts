import sharp from 'sharp';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Frame, RawFrame } from '../domain/frame.ts';
import { decodePlainJpeg } from './decode-jpeg.ts';
import type { Picture } from './pixels.ts';

/** Faces are found and cut out at this size at most: a door needs no more, and a phone's picture would cost seconds. */
export const workingSidePx = 1280;
/** Larger pictures are refused before a pixel is decoded: a small file can claim a huge size. */
export const mostPixels = 24_000_000;
const smallestSidePx = 16;

// The worker decodes one picture after another: vips' cache and threads would only cost memory.
sharp.cache(false);
sharp.concurrency(1);

/**
 * The pixels of a frame, upright (EXIF rotation applied) and at most {@link workingSidePx} on the long side for a
 * compressed picture; raw frames as they are. JPEG, PNG and WebP are read, whatever the frame's name says. `quick` is for
 * the frames of a camera: a plain JPEG is decoded for a third of the cost, its pixels off by one at times.
 *
 * @throws LimenError `image.unreadable` for what is damaged, cut short or too small to show a face,
 *   `image.too-large` above {@link mostPixels}.
 */
export async function decode(frame: Frame, { quick = false } = {}): Promise<Picture> {
  const picture =
    frame.format === 'jpeg'
      ? ((quick ? decodePlainJpeg(frame.data, workingSidePx) : null) ?? (await decodeCompressed(frame.data)))
      : checkedRaw(frame);
  if (Math.min(picture.widthPx, picture.heightPx) >= smallestSidePx) return picture;
  const size = `${picture.widthPx}x${picture.heightPx}`;
  throw new LimenError('image.unreadable', `The picture is ${size} pixels: too small to show a face.`, {
    hint: 'Use a picture in which the eyes are at least 30 pixels apart.',
  });
}

async function decodeCompressed(bytes: Uint8Array): Promise<Picture> {
  if (!isPicture(bytes)) {
    throw new LimenError('image.unreadable', 'This is no JPEG, PNG or WebP picture.', {
      hint: 'Save the picture as JPEG.',
    });
  }
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'truncated' })
      .autoOrient()
      .resize({ width: workingSidePx, height: workingSidePx, fit: 'inside', withoutEnlargement: true })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { format: 'rgb24', widthPx: info.width, heightPx: info.height, data };
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): LimenError {
  const reason = messageOf(cause);
  if (reason.includes('pixel limit')) {
    return new LimenError('image.too-large', `The picture has more than ${mostPixels / 1e6} million pixels.`, {
      hint: 'Scale it down: 1280 pixels on the long side are plenty.',
      cause,
    });
  }
  return new LimenError('image.unreadable', `The picture is damaged or cut short: ${reason.split('\n', 1)[0]}`, {
    hint: 'Take or copy the picture again.',
    cause,
  });
}

function checkedRaw(frame: RawFrame): Picture {
  const { format, widthPx, heightPx, data } = frame;
  const expected = widthPx * heightPx * (format === 'rgb24' ? 3 : 1.5);
  const even = format === 'rgb24' || (widthPx % 2 === 0 && heightPx % 2 === 0);
  if (even && data.length === expected) return frame;
  throw new LimenError(
    'image.unreadable',
    `A ${format} frame of ${widthPx}x${heightPx} cannot be ${data.length} bytes.`,
  );
}

/** The first bytes decide: what else the decoder would read (SVG, PDF …) is code, not a camera's picture. */
function isPicture(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  return head.startsWith('\xff\xd8\xff') || head.startsWith('\x89PNG') || /^RIFF....WEBP/s.test(head);
}
