import type { InputSpec } from './network-manifest.ts';
import type { Planes } from './pixels.ts';

/** The shape of a batch of `count` pictures as a network takes them. */
export function shapeOf({ layout, widthPx, heightPx }: Pick<InputSpec, 'layout' | 'widthPx' | 'heightPx'>, count = 1) {
  return layout === 'NCHW' ? [count, 3, heightPx, widthPx] : [count, heightPx, widthPx, 3];
}

/**
 * Write planes of red, green and blue, 0 to 255, into `out` as a network takes them: its channel order, its layout,
 * its normalisation. `out` may be the planes' own memory unless the layout is NHWC or the channels are BGR.
 */
export function feed({ data }: Planes, { layout, channels, norm }: InputSpec, out: Float32Array): void {
  const plane = data.length / 3;
  const isPlain = layout === 'NCHW' && channels === 'RGB' && norm.kind === 'none';
  if (isPlain) {
    if (out !== data) out.set(data);
    return;
  }
  const { mean, std } = norm.kind === 'prewhiten' ? own(data) : norm.kind === 'fixed' ? norm : none;
  const [step, next] = layout === 'NCHW' ? [1, plane] : [3, 1];
  for (let channel = 0; channel < 3; channel++) {
    const from = (channels === 'RGB' ? channel : 2 - channel) * plane;
    const [less, by] = [mean[channel]!, 1 / std[channel]!];
    for (let i = 0, at = channel * next; i < plane; i++, at += step) out[at] = (data[from + i]! - less) * by;
  }
}

const none = { mean: [0, 0, 0], std: [1, 1, 1] };

/**
 * The picture's own mean and deviation over all channels. A deviation below 1/√n counts as that, so that a picture of
 * one colour stays finite (`prewhiten` in davidsandberg/facenet, as TensorFlow's per_image_standardization).
 */
function own(values: Float32Array) {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const std = Math.max(Math.sqrt(squares / values.length), 1 / Math.sqrt(values.length));
  return { mean: [mean, mean, mean], std: [std, std, std] };
}
