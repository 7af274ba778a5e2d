import type { Point } from '../domain/face.ts';
import { similarityBetween } from './align.ts';
import type { Grey } from './grey.ts';
import { boundsOf } from './liveness.ts';
import type { Affine } from './pixels.ts';

/** The same face in two frames, in pixels of the picture. */
export interface TwoPlaces {
  readonly before: readonly Point[];
  readonly now: readonly Point[];
}

/** How many sides of a face showed surroundings that stayed, and that moved. */
export interface Looks {
  readonly still: number;
  readonly moving: number;
}

/**
 * Where the surroundings are looked at, on either side: from, to and how high, in widths of the face from its middle.
 * Beyond the hair, and still on the sheet or the screen of most who hold one up.
 */
const ring = { from: 0.75, to: 1.15, above: 0.7, below: 0.45 };
/** Of a smaller face, in pixels of the grey copy, the ring is a few pixels wide, and hair and shoulders are within its error. */
const smallestFacePx = 24;
/** Points per side of the sampling grid of one region. */
const grid = 24;
/** How far a hand-held thing may move between two frames, in pixels of the grey copy. */
const reach = 6;
/** A change below this is the noise of any camera (mean square, 0 to 255). */
const leastChange = 2;
/** … and below this many times the median change of the whole picture it is this camera's noise, light or shaking. */
const unrest = 2;
/** A region tells something when it changed, or would have changed had it moved, by this much more than noise. */
const clearly = 1.5;
/** A face that moved by less, in pixels of the grey copy, moved by no more than its landmarks tremble. */
const leastMotion = 1;
/** What is farther from the middle of the face than this many of its widths says whether the camera itself moved. */
const notOfTheFace = 1.5;
/** A region has to be inside the picture by this share. */
const leastInside = 0.6;

/**
 * Did the surroundings of a face stay where they were, or move? `null` while the face itself has hardly moved: a
 * photograph on a stand is as still as the wall behind it, and so tells nothing.
 *
 * Two explanations of each side are compared: "nothing moved" (the difference of the two pictures), and the best of
 * "it moved along with the face" and "it moved by a few pixels". A camera at a door is fixed, so the first is right for
 * what is behind a living person, and one of the others for what is printed or shown beside a photographed one.
 * A blank wall fits all of them and says nothing. When the rest of the picture moved as well, the camera was shaken, or
 * a screen fills all that it sees: that says nothing either, and who can say nothing for life is not let in.
 */
export function lookAround(now: Grey, before: Grey, { now: points, before: formerly }: TwoPlaces): Looks | null {
  const { x, y, width, height } = boundsOf(points);
  const looks = { still: 0, moving: 0 };
  if (width < smallestFacePx * now.step) return looks;
  const middle = { x: x + width / 2, y: y + height / 2 };
  const moved = similarityBetween(points, formerly);
  if (motionOf(moved, middle, width) < leastMotion * now.step) return null;
  const floor = leastChange + unrest * medianChange(now, before);
  const two = { now, before, floor };
  const rest = placesIn({ left: 0, top: 0, width: now.widthPx * now.step, height: now.heightPx * now.step }, now, {
    from: middle.x - notOfTheFace * width,
    to: middle.x + notOfTheFace * width,
  });
  // The camera itself moved, or something that fills what it sees.
  if (explain(two, rest, null) === 'moving') return looks;
  for (const side of [-1, 1]) {
    const region = {
      left: middle.x + width * (side < 0 ? -ring.to : ring.from),
      top: middle.y - width * ring.above,
      width: width * (ring.to - ring.from),
      height: width * (ring.above + ring.below),
    };
    const places = placesIn(region, now);
    if (places.length < leastInside * grid * grid) continue;
    const look = explain(two, places, moved);
    if (look !== null) looks[look] += 1;
  }
  return looks;
}

/** How far the sides of a face went, in pixels of the picture. */
function motionOf({ xx, xy, x0, yx, yy, y0 }: Affine, middle: Point, width: number): number {
  const gone = (x: number) => Math.hypot(xx * x + xy * middle.y + x0 - x, yx * x + yy * middle.y + y0 - middle.y);
  return (gone(middle.x - width) + gone(middle.x + width)) / 2;
}

interface TwoPictures {
  readonly now: Grey;
  readonly before: Grey;
  /** Changes up to here are noise. */
  readonly floor: number;
}

/** Which explanation fits some places better; `null` when neither differs from noise. */
function explain({ now, before, floor }: TwoPictures, places: Int32Array, moved: Affine | null) {
  const stayed = changeWhenShifted(now, before, { places, dx: 0, dy: 0, giveUpAt: Number.POSITIVE_INFINITY });
  const along = moved === null ? Number.POSITIVE_INFINITY : changeAlong(now, before, { places, moved });
  const elsewhere = Math.min(along, leastChangeShifted(now, before, places));
  if (!(Math.max(stayed, elsewhere) >= clearly * floor)) return null;
  return Math.max(0, stayed - floor) > Math.max(0, elsewhere - floor) ? 'moving' : 'still';
}

interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const gathered = new Int32Array(grid * grid);

/** Indices of a grid of pixels of the grey copy, without those outside, and without a strip. */
function placesIn(
  { left, top, width, height }: Region,
  { widthPx, heightPx, step }: Grey,
  without = { from: 0, to: 0 },
): Int32Array {
  let count = 0;
  for (let row = 0; row < grid; row++) {
    const y = Math.floor((top + ((row + 0.5) / grid) * height) / step);
    if (y < 0 || y >= heightPx) continue;
    for (let column = 0; column < grid; column++) {
      const place = left + ((column + 0.5) / grid) * width;
      const x = Math.floor(place / step);
      if (x >= 0 && x < widthPx && !(place > without.from && place < without.to)) gathered[count++] = y * widthPx + x;
    }
  }
  return gathered.subarray(0, count);
}

function leastChangeShifted(now: Grey, before: Grey, places: Int32Array): number {
  let [least, bestX, bestY] = [Number.POSITIVE_INFINITY, 0, 0];
  const consider = (dx: number, dy: number) => {
    // One pixel aside is too near to nothing to be told from it.
    if (Math.abs(dx) + Math.abs(dy) < 2) return;
    const change = changeWhenShifted(now, before, { places, dx, dy, giveUpAt: least });
    if (change < least) [least, bestX, bestY] = [change, dx, dy];
  };
  // Every second pixel first, then around the best: the grey copy is smooth enough for that.
  for (let dy = -reach; dy <= reach; dy += 2) for (let dx = -reach; dx <= reach; dx += 2) consider(dx, dy);
  const [x, y] = [bestX, bestY];
  for (let dy = y - 1; dy <= y + 1; dy++) for (let dx = x - 1; dx <= x + 1; dx++) consider(dx, dy);
  return least;
}

interface Shift {
  readonly places: Int32Array;
  readonly dx: number;
  readonly dy: number;
  /** A mean that is sure to become larger than this is not worth finishing. */
  readonly giveUpAt: number;
}

/** Mean square of the difference between now and a shifted before. */
function changeWhenShifted(now: Grey, before: Grey, { places, dx, dy, giveUpAt }: Shift): number {
  const { widthPx, values } = now;
  const formerly = before.values;
  const by = dy * widthPx + dx;
  const enough = giveUpAt * places.length;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < places.length && sum <= enough; i++) {
    const place = places[i]!;
    const x = (place % widthPx) + dx;
    const other = place + by;
    if (x < 0 || x >= widthPx || other < 0 || other >= formerly.length) continue;
    const difference = values[place]! - formerly[other]!;
    sum += difference * difference;
    count += 1;
  }
  if (sum > enough) return Number.POSITIVE_INFINITY;
  return count < leastInside * places.length ? Number.POSITIVE_INFINITY : sum / count;
}

interface Along {
  readonly places: Int32Array;
  /** Where a place of the picture now was before, had it moved with the face. */
  readonly moved: Affine;
}

/** The same when everything turned, grew and went along with the face. */
function changeAlong(now: Grey, before: Grey, { places, moved }: Along): number {
  const { widthPx, heightPx, step, values } = now;
  let sum = 0;
  let count = 0;
  for (const place of places) {
    const x = ((place % widthPx) + 0.5) * step;
    const y = (Math.floor(place / widthPx) + 0.5) * step;
    const u = (moved.xx * x + moved.xy * y + moved.x0) / step - 0.5;
    const v = (moved.yx * x + moved.yy * y + moved.y0) / step - 0.5;
    if (u < 0 || v < 0 || u > widthPx - 2 || v > heightPx - 2) continue;
    const difference = values[place]! - between(before, u, v);
    sum += difference * difference;
    count += 1;
  }
  return count < leastInside * places.length ? Number.POSITIVE_INFINITY : sum / count;
}

function between({ values, widthPx }: Grey, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const [right, lower] = [x - left, y - top];
  const at = top * widthPx + left;
  const above = values[at]! * (1 - right) + values[at + 1]! * right;
  const below = values[at + widthPx]! * (1 - right) + values[at + widthPx + 1]! * right;
  return above * (1 - lower) + below * lower;
}

const blockPx = 20;

/** Most of what a fixed camera sees stays: the median over blocks is what noise and light alone change. */
function medianChange(now: Grey, before: Grey): number {
  const changes: number[] = [];
  for (let top = 0; top + blockPx <= now.heightPx; top += blockPx) {
    for (let left = 0; left + blockPx <= now.widthPx; left += blockPx) {
      let sum = 0;
      for (let y = top; y < top + blockPx; y += 2) {
        for (let x = left; x < left + blockPx; x += 2) {
          const at = y * now.widthPx + x;
          sum += (now.values[at]! - before.values[at]!) ** 2;
        }
      }
      changes.push((4 * sum) / (blockPx * blockPx));
    }
  }
  changes.sort((a, b) => a - b);
  return changes[changes.length >> 1] ?? 0;
}
