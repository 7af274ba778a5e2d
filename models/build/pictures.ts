/** One value, 0..255, of an RGB picture of the given size. */
type Pixel = (place: { x: number; y: number; channel: number; width: number; height: number }) => number;

/** Pictures that are nothing but a formula, to hold networks against each other with. They show nobody. */
export const pictures = {
  waves: ({ x, y, channel }) => (x * 3 + y * 5 + channel * 80 + ((x * y) >> 4)) % 256,
  noise: ({ x, y, channel }) => Math.imul(x * 3 + y * 1013 + channel * 7 + 1, 0x9e3779b1) >>> 24,
  /** Two eyes, a nose and a mouth in an oval: enough of a face for a detector. */
  drawn: ({ x, y, channel, width, height }) => {
    const u = (x + 0.5) / width;
    const v = (y + 0.5) / height;
    const part = face.find(([cu, cv, ru, rv]) => ((u - cu) / ru) ** 2 + ((v - cv) / rv) ** 2 < 1);
    return (part?.[4] ?? wall)[channel] ?? 0;
  },
} satisfies Record<string, Pixel>;

export type PictureName = keyof typeof pictures;

/** The picture as a network takes it: float32, RGB, all reds first, then all greens, then all blues. */
export function drawPicture(name: PictureName, width: number, height: number): Float32Array {
  const area = width * height;
  return Float32Array.from({ length: 3 * area }, (_, i) => {
    const place = i % area;
    const channel = Math.floor(i / area);
    return pictures[name]({ x: place % width, y: Math.floor(place / width), channel, width, height });
  });
}

type Colour = readonly [number, number, number];
const wall: Colour = [90, 110, 130];
const eye: Colour = [60, 40, 30];

/** Ovals, the front one first: centre, radii (as shares of width and height), colour. */
const face: readonly (readonly [number, number, number, number, Colour])[] = [
  [0.4, 0.43, 0.045, 0.025, eye],
  [0.6, 0.43, 0.045, 0.025, eye],
  [0.5, 0.66, 0.09, 0.03, [150, 60, 60]],
  [0.5, 0.55, 0.035, 0.05, [190, 140, 115]],
  [0.5, 0.5, 0.24, 0.32, [220, 170, 140]],
];
