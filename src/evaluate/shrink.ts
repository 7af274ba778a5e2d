import sharp from 'sharp';
import type { Point } from '../domain/face.ts';
import type { RawFrame } from '../domain/frame.ts';
import type { TrueFace } from './detection.ts';
import type { LabelledFrame } from './labelled.ts';

/** A picture in memory, with everybody who is on it. */
export interface ShrunkFrame {
  readonly frame: RawFrame;
  readonly faces: readonly TrueFace[];
}

/**
 * The picture as if its (first) person stood further away: scaled down until the face is `faceWidthPx` wide, in the
 * middle of a picture as large as before, its margin filled with the colours of its edge. A camera further away also
 * blurs and adds noise, so true faces of that size are somewhat harder.
 *
 * @returns `null` when the face is not wider than that
 */
export async function shrunk({ file, faces }: LabelledFrame, faceWidthPx: number): Promise<ShrunkFrame | null> {
  const scale = faceWidthPx / (faces[0]?.box.width ?? 0);
  if (!(scale < 1)) return null;
  const { width, height } = await sharp(file).metadata();
  const [innerWidth, innerHeight] = [Math.round(width * scale), Math.round(height * scale)];
  const [left, top] = [Math.floor((width - innerWidth) / 2), Math.floor((height - innerHeight) / 2)];
  const small = await sharp(file)
    .resize(innerWidth, innerHeight, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .png()
    .toBuffer();
  const data = await sharp(small)
    .extend({ left, top, right: width - innerWidth - left, bottom: height - innerHeight - top, extendWith: 'copy' })
    .raw()
    .toBuffer();
  const move = ({ x, y }: Point): Point => ({ x: x * scale + left, y: y * scale + top });
  const moved = faces.map(
    ({ person, box, eyes }): TrueFace => ({
      person,
      box: { ...move(box), width: box.width * scale, height: box.height * scale },
      eyes: eyes && [move(eyes[0]), move(eyes[1])],
    }),
  );
  return {
    frame: { id: 0, capturedAtMs: 0, format: 'rgb24', widthPx: width, heightPx: height, data: new Uint8Array(data) },
    faces: moved,
  };
}
