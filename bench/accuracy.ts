/**
 * How well the shipped pack tells people apart, with its own detector, landmarks, alignment and quantization:
 * exactly what the product computes for a single picture.
 *
 *     node dist/bench/accuracy.js [FOLDER WITH pairs.txt] [--write]
 *
 * Prints figures; `--write` keeps them in the pack's measured.json, from which models/build takes them into pack.json.
 * The pictures are of real people: they and their templates stay in memory, only figures come out.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Calibration } from '../src/domain/calibration.ts';
import { cosineDistance, type Template } from '../src/domain/template.ts';
import { openEngine } from '../src/engine/onnxruntime-node.ts';
import { packageRoot } from '../src/runtime/package-root.ts';
import { loadPack, type Pack, readNetwork } from '../src/vision/pack.ts';
import { createVision } from '../src/vision/see.ts';
import type { Vision } from '../src/vision/vision.ts';
import { openGates } from '../test/support/gates.ts';
import { type Lfw, readLfw } from './lfw.ts';
import { accuracyInterval, foldAccuracies, impostorQuantiles, type Outcome, spread } from './statistics.ts';

/** Five points per decade, from one in ten to one in a million. */
const rates = Array.from({ length: 26 }, (_, i) => Number((10 ** (-1 - i / 5)).toPrecision(4)));
const args = process.argv.slice(2);
const shared = process.env.LIMEN_SHARED ?? join(dirname(packageRoot()), 'shared');
const folder = args.find((arg) => !arg.startsWith('--')) ?? join(shared, 'data', 'lfw-dev');
const pack = await loadPack('faceapi');
const lfw = readLfw(folder);
const vision = await createVision({ pack, engine: await openEngine({ threads: 1 }), quality: openGates });
const templates = new Map<string, Template | null>();
for (const file of [...lfw.pictures, ...lfw.strangers]) templates.set(file, await templateOf(file, vision));
await vision.close();

const calibration = calibrationOf(lfw, pack, templates);
const figures = { lfwDev: accuracyOf(lfw, calibration, templates) };
console.log(JSON.stringify({ ...figures, calibration }, null, 2));
if (args.includes('--write')) await write(pack, figures, calibration);

/** LFW's pictures are centred on the face that has the name: the face nearest to the middle counts. */
async function templateOf(file: string, eyes: Vision): Promise<Template | null> {
  const seen = await eyes.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data: new Uint8Array(readFileSync(file)) });
  const off = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) =>
    Math.hypot(x + width / 2 - seen.widthPx / 2, y + height / 2 - seen.heightPx / 2);
  const [nearest] = seen.sightings.toSorted((a, b) => off(a.face.box) - off(b.face.box));
  return nearest?.template ?? null;
}

function calibrationOf({ strangers }: Lfw, { embedder }: Pack, all: typeof templates): Calibration {
  const found = strangers.flatMap((file) => all.get(file) ?? []);
  const quantiles = impostorQuantiles(found, rates).map(({ fmr, fmrUpper, distance }) => ({
    fmr,
    fmrUpper: Number(fmrUpper.toPrecision(4)),
    distance: Number(distance.toFixed(5)),
  }));
  return {
    embedder: embedder.id,
    impostorPairs: (found.length * (found.length - 1)) / 2,
    people: found.length,
    source: 'LFW, one picture each of the people in no verification pair',
    quantiles: quantiles.filter(({ distance }, i) => distance < (quantiles[i - 1]?.distance ?? 2)),
  };
}

function accuracyOf({ pairs, pictures, strangers }: Lfw, { quantiles }: Calibration, all: typeof templates) {
  const outcomes = pairs.map(({ a, b, same, fold }): Outcome => {
    const [one, two] = [all.get(a), all.get(b)];
    return { same, fold, distance: one && two ? cosineDistance(one, two) : null };
  });
  const { mean, deviation } = spread(foldAccuracies(outcomes));
  const genuine = outcomes.filter(({ same }) => same);
  const share = (n: number) => Number(n.toFixed(4));
  const accepted = (rate: number) => {
    const at = quantiles.find(({ fmr }) => fmr === rate)?.distance ?? 0;
    return share(genuine.filter(({ distance }) => distance !== null && distance <= at).length / genuine.length);
  };
  return {
    of: `LFW folds 1 to 3, ${pairs.length} pairs; a picture without a face counts as an error`,
    accuracy: share(mean),
    deviationOverFolds: share(deviation),
    interval95: accuracyInterval(outcomes).map(share),
    picturesWithoutFace: [...pictures, ...strangers].filter((file) => !all.get(file)).length,
    pictures: pictures.length + strangers.length,
    trueAcceptanceAtFmr: Object.fromEntries([1e-2, 1e-3, 1e-4, 1e-5].map((rate) => [rate, accepted(rate)])),
  };
}

async function write(of: Pack, more: object, calibration: Calibration): Promise<void> {
  const file = join(of.embedder.folder, 'measured.json');
  const before = JSON.parse(readFileSync(file, 'utf8')) as { figures?: object };
  const embedderSha256 = createHash('sha256')
    .update(await readNetwork(of.embedder))
    .digest('hex');
  const measured = { ...before, embedderSha256, figures: { ...before.figures, ...more }, calibration };
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
}
