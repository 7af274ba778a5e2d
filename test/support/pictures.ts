import sharp from 'sharp';
import type { RawFrame } from '../../src/domain/frame.ts';

/** A plain grey JPEG of any size. */
export function jpegOf(width: number, height: number): Promise<Uint8Array> {
  return sharp({ create: { width, height, channels: 3, background: '#777' }, limitInputPixels: false })
    .jpeg()
    .toBuffer();
}

/** A compressed picture as raw RGB. */
export async function rawOf(jpeg: Uint8Array): Promise<RawFrame> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { id: 0, capturedAtMs: 0, format: 'rgb24', widthPx: info.width, heightPx: info.height, data };
}

/** What a camera or ffmpeg would deliver as yuv420p: BT.601, video range, one colour sample per four pixels. */
export function toYuv420({ widthPx, heightPx, data: rgb, ...rest }: RawFrame): RawFrame {
  const data = new Uint8Array((widthPx * heightPx * 3) / 2);
  const quarter = (widthPx * heightPx) / 4;
  const chroma = [new Float32Array(quarter), new Float32Array(quarter)] as const;
  for (let i = 0; i < widthPx * heightPx; i++) {
    const [r, g, b] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
    data[i] = Math.round(16 + 0.256788 * r + 0.504129 * g + 0.097906 * b);
    const block = (Math.floor(i / widthPx) >> 1) * (widthPx / 2) + ((i % widthPx) >> 1);
    chroma[0][block]! += (-0.148223 * r - 0.290993 * g + 0.439216 * b) / 4;
    chroma[1][block]! += (0.439216 * r - 0.367788 * g - 0.071427 * b) / 4;
  }
  for (let i = 0; i < quarter; i++) {
    data[4 * quarter + i] = Math.round(128 + chroma[0][i]!);
    data[5 * quarter + i] = Math.round(128 + chroma[1][i]!);
  }
  return { ...rest, widthPx, heightPx, format: 'yuv420p', data };
}
