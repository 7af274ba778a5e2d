import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearEnoughFor } from '../../src/access/full-look.ts';
import { changeDistanceOf, policyFor, sureDistanceOf } from '../../src/access/policy.ts';
import { Tracker } from '../../src/access/tracker.ts';
import { measuredGlimpsesOf } from '../../src/compose.ts';
import { recognitionSchema } from '../../src/config/recognition-schema.ts';
import type { Frame } from '../../src/domain/frame.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Seen } from '../../src/domain/sighting.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { glimpsedSnapshot } from '../../src/gallery/glimpsed.ts';
import { runJourney } from '../../src/pipeline.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import type { Pack } from '../../src/vision/pack.ts';
import type { Look, Vision } from '../../src/vision/vision.ts';

/** What was seen in a frame, and how closely the journey wanted it to be looked at. */
export interface Watched {
  readonly seen: Seen;
  readonly look: Look;
}

/** Sees one frame after another as a door does. */
export type Watch = (frame: Frame) => Promise<Watched>;

/**
 * The product's own journey over `vision`, at a door where the ten rendered people are enrolled by full looks. Frames are
 * handed to it one by one; its verdict on one comes before the next is looked at.
 */
export async function watchDoor(vision: Vision, pack: Pack): Promise<Watch> {
  const snapshot = { lineage: '', version: 1, embedder: pack.embedder.id, people: await enrolled(vision), erased: {} };
  const gallery = Gallery.from(snapshot);
  const demands = { ...recognitionSchema.parse({}), surroundingsSuffice: pack.liveness === undefined };
  const { policy, threshold } = policyFor(gallery, pack.calibration, demands);
  const measured = measuredGlimpsesOf(pack);
  const glimpses = measured && {
    gallery: Gallery.from(glimpsedSnapshot(measured.space, snapshot)),
    nearEnough: nearEnoughFor(threshold, measured.calibration),
  };
  const calibration = measured?.calibration ?? pack.calibration!;
  const [changeDistance, sureDistance] = [changeDistanceOf(calibration), sureDistanceOf(calibration)];
  const camera = new OneByOne();
  let nowMs = 0;
  let looked: Promise<Watched> | null = null;
  const watched: Vision = {
    ...vision,
    async see(frame, look = 'full') {
      nowMs = frame.capturedAtMs;
      const seeing = vision.see(frame, look);
      looked = seeing.then((seen) => ({ seen, look }));
      return seeing;
    },
  };
  const parts = {
    vision: watched,
    tracker: new Tracker({ window: policy.window, changeDistance, sureDistance }),
    clock: { now: () => new Date(), monotonicMs: () => nowMs, quality: () => 'synced' as const },
    gallery: () => ({ gallery, policy, glimpses }),
    report: () => {},
    act: () => {},
  };
  void runJourney(camera, parts, new AbortController().signal);
  return async (frame) => {
    await camera.show(frame);
    return looked!;
  };
}

/** A camera that delivers what it is shown. */
class OneByOne {
  readonly name = 'bench';
  #deliver: (frame: Frame) => void = () => {};
  #dealtWith: () => void = () => {};

  /** Settles when the frame has been dealt with and the next one is asked for. */
  show(frame: Frame): Promise<void> {
    return new Promise((resolve) => {
      this.#dealtWith = resolve;
      this.#deliver(frame);
    });
  }

  async *frames(): AsyncGenerator<Frame> {
    for (;;) {
      const next = new Promise<Frame>((resolve) => {
        this.#deliver = resolve;
      });
      this.#dealtWith();
      yield await next;
    }
  }
}

async function enrolled(vision: Vision): Promise<Person[]> {
  const folder = join(packageRoot(), 'test/people/people');
  const people: Person[] = [];
  for (const id of readdirSync(folder)) {
    const pictures = readdirSync(join(folder, id)).filter((name) => name.startsWith('enrol-'));
    const templates = [];
    for (const name of pictures) {
      const data = new Uint8Array(readFileSync(join(folder, id, name)));
      const { sightings } = await vision.see({ id: 0, capturedAtMs: Number.NEGATIVE_INFINITY, format: 'jpeg', data });
      templates.push(...sightings.flatMap(({ template }) => template ?? []));
    }
    people.push({ id, name: id, groups: [], validFrom: null, validUntil: null, templates, version: 1 });
  }
  return people;
}
