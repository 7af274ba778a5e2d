import { LimenError } from '../domain/errors.ts';
import type { Face } from '../domain/face.ts';
import type { Frame } from '../domain/frame.ts';
import type { Seen, Sighting, StageTimings } from '../domain/sighting.ts';
import type { Engine, Network } from '../engine/engine.ts';
import { Attention, type AttentionOptions } from './attention.ts';
import { faceShareOf, placeChip } from './chip.ts';
import { decode } from './decode.ts';
import type { Detection } from './detector.ts';
import { blazeFaceAround, blazeFaceOver } from './detector-blazeface.ts';
import type { DetectorSpec } from './detector-manifest.ts';
import { yunetOver } from './detector-yunet.ts';
import { type Embedded, type Embedding, embedderOver } from './embedder.ts';
import { FormerFaces } from './former-faces.ts';
import { fiveOf, landmarksOver } from './landmarks.ts';
import { livenessOver } from './liveness.ts';
import { livenessNetworks } from './liveness-manifest.ts';
import { loadNetwork, type Pack } from './pack.ts';
import { type Picture, planes, warp } from './pixels.ts';
import { judgeQuality, type QualityGates } from './quality.ts';
import { everyPicture, nearFirst, type Search } from './search.ts';
import { SignsReader } from './signs.ts';
import type { Look, Vision } from './vision.ts';

/** What vision is made of. */
export interface VisionOptions {
  readonly pack: Pack;
  readonly engine: Engine;
  readonly quality: QualityGates;
  /** How many faces of one frame are looked at, the largest first. Default 5: a crowd must not slow the door down. */
  readonly mostFaces?: number;
  /**
   * The frames are those of one camera, in their order: leave out pictures in which nothing moves, and look for faces
   * near the camera first. Default: every picture is searched in full.
   */
  readonly attention?: AttentionOptions;
  /** What stages are timed by, in milliseconds. Default is wall time; a benchmark may give CPU time. */
  readonly now?: () => number;
}

/**
 * Vision in the caller's own thread: decode, detect, find landmarks, read signs of life, align, judge, check liveness,
 * embed, in this order.
 * Frames are seen one after another, whoever calls.
 *
 * @throws LimenError `pack.missing`, `pack.tampered`, `engine.failed` when a network does not load.
 */
export async function createVision(options: VisionOptions): Promise<Vision> {
  const stages = await openStages(options);
  const attention = options.attention ? new Attention(options.attention) : null;
  const signs = new SignsReader();
  const former = attention && new FormerFaces();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    model: options.pack.embedder.id,
    async see(frame, look = 'full') {
      if (closed) throw new LimenError('vision.failed', 'Vision was closed.');
      const seen = last
        .then(() => see(frame, { stages, attention, former, signs, options, look }))
        .finally(() => frame.giveBack?.(frame.data));
      last = seen.catch(() => {});
      return seen;
    },
    async close() {
      if (closed) return;
      closed = true;
      await last;
      await Promise.all(stages.networks.map((network) => network.release()));
    },
  };
}

type Stages = Awaited<ReturnType<typeof openStages>>;

async function openStages({ pack, engine, attention }: VisionOptions) {
  const load = (role: 'detector' | 'landmarks' | 'embedder') => loadNetwork(engine, pack[role]);
  const [detector, landmarks, embedder] = [await load('detector'), await load('landmarks'), await load('embedder')];
  const second =
    pack.embedder.second && (await loadNetwork(engine, { ...pack.embedder.second, folder: pack.embedder.folder }));
  const liveness = await openLiveness(pack, engine);
  return {
    networks: [detector, landmarks, embedder, ...(second ? [second] : []), ...liveness],
    judgeLiveness: pack.liveness ? livenessOver(liveness, pack.liveness) : null,
    search: searchOver(detector, { spec: pack.detector, ofOneCamera: attention !== undefined }),
    findLandmarks: landmarksOver(landmarks, pack.landmarks),
    embedder: embedderOver({ first: embedder, second }, pack.embedder),
    chip: planes(pack.embedder.input.widthPx, pack.embedder.input.heightPx),
  };
}

function searchOver(detector: Network, { spec, ofOneCamera }: { spec: DetectorSpec; ofOneCamera: boolean }): Search {
  if (spec.decoder === 'yunet') return everyPicture(yunetOver(detector, spec));
  const full = blazeFaceOver(detector, spec, spec.input.widthPx);
  if (!ofOneCamera) return everyPicture(full);
  const near = blazeFaceOver(detector, spec, spec.input.nearPx);
  return nearFirst({ full, near, around: blazeFaceAround(detector, spec, spec.input.followPx) });
}

async function openLiveness({ liveness }: Pack, engine: VisionOptions['engine']) {
  const networks: Awaited<ReturnType<typeof engine.load>>[] = [];
  for (const network of livenessNetworks(liveness)) networks.push(await loadNetwork(engine, network));
  return networks;
}

interface Looking {
  readonly stages: Stages;
  readonly attention: Attention | null;
  /** `null` where a picture has nothing to do with the one before. */
  readonly former: FormerFaces | null;
  readonly signs: SignsReader;
  readonly options: VisionOptions;
  readonly look: Look;
}

async function see(frame: Frame, looking: Looking): Promise<Seen> {
  const { stages, attention, former, signs, options, look } = looking;
  const time = stopwatch(options.now);
  const picture = await time('decodeMs', () => decode(frame, { quick: attention !== null }));
  const { id: frameId, capturedAtMs } = frame;
  const { widthPx, heightPx } = picture;
  const sightings: Sighting[] = [];
  const seen = { frameId, capturedAtMs, widthPx, heightPx, sightings, timings: time.spent };
  const deserved = attention?.deserves(picture, capturedAtMs) ?? 'whole';
  if (deserved === 'nothing') return { ...seen, leftOut: true };
  const whole = deserved === 'whole';
  const detections = await time('detectMs', () => stages.search(picture, capturedAtMs, whole));
  if (detections.length > 0) attention?.sawFace(capturedAtMs);
  const faces: Face[] = [];
  for (const detection of detections.slice(0, options.mostFaces ?? 5)) {
    const before = former?.of(detection.box, capturedAtMs) ?? null;
    faces.push(await time('landmarksMs', () => faceOf({ detection, before }, picture, stages)));
  }
  former?.remember(faces, capturedAtMs);
  const read = await time('livenessMs', async () => signs.read(picture, faces, capturedAtMs));
  for (const [i, face] of faces.entries()) {
    const embedding = stages.embedder[look === 'full' || (look === 'foremost' && i === 0) ? 'full' : 'glimpse'];
    const sighting = await sightingOf(face, picture, { stages, options, time, embedding });
    sightings.push({ ...sighting, signs: read[i] ?? null });
  }
  return seen;
}

interface Found {
  readonly detection: Detection;
  readonly before: Face | null;
}

async function faceOf({ detection: found, before }: Found, picture: Picture, { findLandmarks }: Stages): Promise<Face> {
  const contour = await findLandmarks(picture, found, before);
  return { box: found.box, score: found.score, contour, landmarks: fiveOf(contour) };
}

interface Judging {
  readonly stages: Stages;
  readonly options: VisionOptions;
  readonly time: Stopwatch;
  readonly embedding: Embedding;
}

/** Only what passes every gate is embedded and judged: a template of a bad picture would be a risk, not evidence. */
async function sightingOf(
  face: Face,
  picture: Picture,
  { stages, options, time, embedding }: Judging,
): Promise<Sighting> {
  const { chip, judgeLiveness } = stages;
  const { alignment } = options.pack.embedder;
  const place = placeChip(face, alignment);
  const quality = await time('embedMs', async () => {
    warp(picture, place, chip, embedding);
    return judgeQuality(face, { chip, faceShare: faceShareOf(alignment) }, picture, options.quality);
  });
  if (quality.failures.length > 0) return { face, quality, liveness: null, template: null };
  const liveness = judgeLiveness && (await time('livenessMs', () => judgeLiveness(picture, face)));
  const embedded: Embedded = await time('embedMs', () => embedding.embed({ picture, place, chip }));
  return { face, quality, liveness, ...embedded };
}

type Stopwatch = ReturnType<typeof stopwatch>;

/** Measures stages; the same stage of several faces adds up. */
function stopwatch(now = () => performance.now()) {
  const spent = { decodeMs: 0, detectMs: 0, landmarksMs: 0, livenessMs: 0, embedMs: 0 };
  const time = async <T>(stage: keyof StageTimings, work: () => Promise<T>): Promise<T> => {
    const start = now();
    const result = await work();
    spent[stage] += now() - start;
    return result;
  };
  return Object.assign(time, { spent });
}
