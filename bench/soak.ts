import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { recognitionSchema } from '../src/config/recognition-schema.ts';
import type { RawFrame } from '../src/domain/frame.ts';
import { packageRoot, siblingModule } from '../src/runtime/package-root.ts';
import { openWorkerVision } from '../src/vision/worker-vision.ts';
import { toYuv420 } from '../test/support/pictures.ts';

/**
 * Does memory stay flat? Replays a walk-up through the vision worker as fast as it goes, over memory that comes back as
 * it does from a camera, and prints the resident memory of the process, worker included, at every tenth of the way:
 *
 *     npm run bench:soak -- --frames 100000 [--width 320] [--json]
 *
 * The first tenth does not count: heaps and arenas grow to their working size. After that the slope decides.
 */

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '20000' },
    width: { type: 'string', default: '320' },
    clip: { type: 'string', default: join(packageRoot(), 'test/people/clips/walkup-s01-stranger') },
    json: { type: 'boolean', default: false },
  },
});
const frames = Number(values.frames);
const marks = 20;
/** MB per 10,000 frames. A page lost per frame would be 39; below this, short runs cannot tell growth from noise. */
const flatBelow = 0.5;

interface Mark {
  readonly frames: number;
  readonly rssMb: number;
}

const rssMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;

const clip = await Promise.all(
  readdirSync(values.clip)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .map(async (name): Promise<RawFrame> => {
      const picture = sharp(join(values.clip, name)).resize({ width: Number(values.width) });
      const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
      const rgb = { id: 0, capturedAtMs: 0, widthPx: info.width, heightPx: info.height } as const;
      return toYuv420({ ...rgb, format: 'rgb24', data });
    }),
);
const vision = await openWorkerVision({
  packs: ['faceapi'],
  engineModule: siblingModule(import.meta.url, '../src/engine/onnxruntime-node').href,
  quality: recognitionSchema.parse({}).quality,
});

let memory = new Uint8Array(clip[0]!.data.length);
const giveBack = (data: Uint8Array) => {
  memory = data as Uint8Array<ArrayBuffer>;
};
const log: Mark[] = [{ frames: 0, rssMb: rssMb() }];
let faces = 0;
const startMs = performance.now();
for (let id = 1; id <= frames; id++) {
  memory.set(clip[id % clip.length]!.data);
  const seen = await vision.see({ ...clip[0]!, id, capturedAtMs: id * 100, data: memory, giveBack });
  faces += seen.sightings.length;
  if (id % Math.ceil(frames / marks) === 0 || id === frames) {
    log.push({ frames: id, rssMb: rssMb() });
    process.stderr.write(`${id} of ${frames}: ${rssMb().toFixed(1)} MB\n`);
  }
}
const framesPerS = frames / ((performance.now() - startMs) / 1000);
await vision.close();

const settled = log.filter((mark) => mark.frames >= frames / 10);
const mbPer10k = slopeOf(settled) * 10_000;
const verdict = Math.abs(mbPer10k) < flatBelow ? 'flat' : mbPer10k > 0 ? 'growing' : 'falling';
if (values.json) console.log(JSON.stringify({ frames, faces, framesPerS, mbPer10k, verdict, log }, null, 2));
else {
  for (const mark of log) console.log(`${String(mark.frames).padStart(8)} frames  ${mark.rssMb.toFixed(1)} MB`);
  console.log(`${faces} faces, ${framesPerS.toFixed(0)} frames per second`);
  console.log(`${mbPer10k.toFixed(2)} MB per 10,000 frames after the first tenth: ${verdict}`);
}

/** Least squares, MB per frame. */
function slopeOf(points: readonly Mark[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const x = mean(points.map((point) => point.frames));
  const y = mean(points.map((point) => point.rssMb));
  const above = points.reduce((sum, point) => sum + (point.frames - x) * (point.rssMb - y), 0);
  return above / points.reduce((sum, point) => sum + (point.frames - x) ** 2, 0);
}
