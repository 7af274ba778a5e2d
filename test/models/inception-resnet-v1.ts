/**
 * The layers of a network, in whatever file format they are written. A value is known by its name; values are pictures
 * of some channels until `embed`.
 */
export interface LayerWriter {
  /** A convolution with bias, SAME (`pad`) or VALID, with ReLU unless said otherwise. */
  conv(from: string, options: ConvOptions): string;
  /** 3×3, stride 2, VALID. */
  maxPool(from: string): string;
  concat(values: readonly string[]): string;
  /** `value + scale · change`, with ReLU or without. */
  residual(value: string, change: string, options: { scale: number; relu: boolean }): string;
  /** The mean over the picture, a dense layer, and unit length where that is asked for. */
  embed(from: string, options: EmbedOptions): string;
}

export interface ConvOptions {
  /** Name of the weights: the same name is the same weights. */
  readonly weights: string;
  readonly kernel: readonly [rows: number, columns: number];
  readonly channels: readonly [from: number, to: number];
  readonly stride?: 1 | 2;
  readonly pad?: boolean;
  readonly relu?: boolean;
}

export interface EmbedOptions {
  readonly channels: number;
  readonly dimensions: number;
  readonly normalise: boolean;
}

/**
 * Inception-ResNet-v1 (Szegedy et al. 2016, arXiv 1602.07261) as FaceNet implementations use it: for pictures of 160
 * pixels, 5 + 10 + 5 + 1 residual blocks. The blocks of a kind share their weights here, so that a file of full depth
 * stays small. Returns the name of the embedding.
 */
export function writeInceptionResnetV1(
  net: LayerWriter,
  picture: string,
  head: Omit<EmbedOptions, 'channels'>,
): string {
  const conv = (
    from: string,
    weights: string,
    [fromChannels, to]: readonly [number, number],
    more: Partial<ConvOptions>,
  ) => net.conv(from, { weights, kernel: [3, 3], channels: [fromChannels, to], ...more });
  const one = { kernel: [1, 1] } as const;
  const same = { pad: true } as const;
  const half = { stride: 2 } as const;

  let x = conv(picture, '1a', [3, 32], half);
  x = conv(x, '2a', [32, 32], {});
  x = conv(x, '2b', [32, 64], same);
  x = net.maxPool(x);
  x = conv(x, '3b', [64, 80], one);
  x = conv(x, '4a', [80, 192], {});
  x = conv(x, '4b', [192, 256], half);

  const block35 = (from: string) => {
    const a = conv(from, '35a', [256, 32], one);
    const b = conv(conv(from, '35b1', [256, 32], one), '35b2', [32, 32], same);
    const c1 = conv(conv(from, '35c1', [256, 32], one), '35c2', [32, 32], same);
    const mixed = net.concat([a, b, conv(c1, '35c3', [32, 32], same)]);
    const up = conv(mixed, '35up', [96, 256], { ...one, relu: false });
    return net.residual(from, up, { scale: 0.17, relu: true });
  };
  for (let i = 0; i < 5; i++) x = block35(x);

  const reducedA = conv(conv(conv(x, 'A1', [256, 192], one), 'A2', [192, 192], same), 'A3', [192, 256], half);
  x = net.concat([conv(x, 'A0', [256, 384], half), reducedA, net.maxPool(x)]);

  const block17 = (from: string) => {
    const a = conv(from, '17a', [896, 128], one);
    const b1 = conv(conv(from, '17b1', [896, 128], one), '17b2', [128, 128], { ...same, kernel: [1, 7] });
    const mixed = net.concat([a, conv(b1, '17b3', [128, 128], { ...same, kernel: [7, 1] })]);
    const up = conv(mixed, '17up', [256, 896], { ...one, relu: false });
    return net.residual(from, up, { scale: 0.1, relu: true });
  };
  for (let i = 0; i < 10; i++) x = block17(x);

  const reducedB0 = conv(conv(x, 'B01', [896, 256], one), 'B02', [256, 384], half);
  const reducedB1 = conv(conv(x, 'B11', [896, 256], one), 'B12', [256, 256], half);
  const reducedB2 = conv(conv(conv(x, 'B21', [896, 256], one), 'B22', [256, 256], same), 'B23', [256, 256], half);
  x = net.concat([reducedB0, reducedB1, reducedB2, net.maxPool(x)]);

  const block8 = (from: string, last: boolean) => {
    const a = conv(from, '8a', [1792, 192], one);
    const b1 = conv(conv(from, '8b1', [1792, 192], one), '8b2', [192, 192], { ...same, kernel: [1, 3] });
    const mixed = net.concat([a, conv(b1, '8b3', [192, 192], { ...same, kernel: [3, 1] })]);
    const up = conv(mixed, '8up', [384, 1792], { ...one, relu: false });
    return net.residual(from, up, last ? { scale: 1, relu: false } : { scale: 0.2, relu: true });
  };
  for (let i = 0; i < 6; i++) x = block8(x, i === 5);
  return net.embed(x, { ...head, channels: 1792 });
}

/**
 * Random weights for `rows` outputs of `fanIn` inputs each, such that signals neither die nor explode (He et al. 2015).
 * The same name gives the same weights, output after output.
 */
export function randomWeights(name: string, rows: number, fanIn: number): Float32Array {
  let state = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 2166136261) >>> 0;
  const bound = Math.sqrt(6 / fanIn);
  return Float32Array.from({ length: rows * fanIn }, () => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 31 - 1) * bound;
  });
}
