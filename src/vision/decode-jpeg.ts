import type { Picture } from './pixels.ts';

type JpegTurbo = typeof import('@julusian/jpeg-turbo');

/** An optional dependency: where it does not load, pictures are decoded all the same, at three times the cost. */
const turbo: JpegTurbo | null = await import('@julusian/jpeg-turbo').then(
  (module) => ('default' in module ? (module.default as JpegTurbo) : module),
  () => null,
);

/**
 * The pixels of a plain JPEG as cameras make them: colour, upright, no side longer than `longestSidePx`. `null` for any
 * other, for one that is damaged in the least, and where the decoder is not installed: then somebody else has to look.
 */
export function decodePlainJpeg(bytes: Uint8Array, longestSidePx: number): Picture | null {
  const size = turbo && plainSizeOf(bytes);
  if (!turbo || !size || Math.max(size.widthPx, size.heightPx) > longestSidePx) return null;
  try {
    const jpeg = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { data, width, height } = turbo.decompressSync(jpeg, { format: turbo.FORMAT_RGB });
    const isAsSaid = width === size.widthPx && height === size.heightPx && data.length === width * height * 3;
    return isAsSaid ? { format: 'rgb24', widthPx: width, heightPx: height, data } : null;
  } catch {
    return null;
  }
}

const [app1, app14] = [0xe1, 0xee];

/**
 * What the header says of a JPEG of three channels of 8 bits; `null` for every other, and where it carries EXIF (which may
 * turn the picture) or Adobe's mark (which may change its colours).
 */
function plainSizeOf(bytes: Uint8Array): { widthPx: number; heightPx: number } | null {
  const word = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  if (word(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < bytes.length; at += 2 + word(at + 2)) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === app1 || marker === app14) return null;
    const isFrame = marker >= 0xc0 && marker <= 0xc2;
    if (!isFrame) continue;
    const isPlain = bytes[at + 4] === 8 && bytes[at + 9] === 3;
    return isPlain ? { widthPx: word(at + 7), heightPx: word(at + 5) } : null;
  }
  return null;
}
