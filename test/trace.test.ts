import test from 'ava';
import { Tracker } from '../src/access/tracker.ts';
import type { VerdictPolicy } from '../src/access/verdict.ts';
import type { Camera } from '../src/camera/camera.ts';
import type { Clock } from '../src/domain/clock.ts';
import type { Seen } from '../src/domain/sighting.ts';
import type { Template } from '../src/domain/template.ts';
import { openEngine } from '../src/engine/onnxruntime-node.ts';
import { Gallery } from '../src/gallery/gallery.ts';
import { runJourney } from '../src/pipeline.ts';
import { loadPack } from '../src/vision/pack.ts';
import { createVision } from '../src/vision/see.ts';
import type { Vision } from '../src/vision/vision.ts';
import { defaultGates } from './support/gates.ts';
import { bytesOf } from './support/people.ts';

const frameMs = 100;

/** What vision saw of a clip, made here: templates belong to the networks of the day. */
async function record(): Promise<{ trace: Seen[]; enrolled: Template; model: string }> {
  const pack = await loadPack('faceapi');
  const vision = await createVision({ pack, engine: await openEngine(), quality: defaultGates });
  const see = (file: string, id: number) =>
    vision.see({ id, capturedAtMs: id * frameMs, format: 'jpeg', data: bytesOf(file) });
  const trace: Seen[] = [];
  for (let id = 0; id < 24; id++) {
    // A resident walks up and leaves, and the camera sees nobody; then a stranger does.
    if (id === 12) for (const empty of [22, 32]) trace.push(nobodyAt(trace[0]!, empty));
    const [clip, frame] = id < 12 ? ['walkup-p05-headturn', 24 + id] : ['walkup-s01-stranger', 24 + id];
    trace.push(await see(`clips/${clip}/frame-${String(frame).padStart(4, '0')}.jpg`, id < 12 ? id : id + 30));
  }
  const enrolled = (await see('people/p05/enrol-1.jpg', 99)).sightings[0]!.template!;
  await vision.close();
  return { trace, enrolled, model: pack.embedder.id };
}

function nobodyAt(seen: Seen, id: number): Seen {
  return { ...seen, frameId: id, capturedAtMs: id * frameMs, sightings: [] };
}

/** Everything that the journey makes of a trace: every verdict of every frame, and every event, as text. */
async function replay(trace: readonly Seen[], gallery: Gallery): Promise<string[]> {
  let nowMs = 0;
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => nowMs, quality: () => 'synced' };
  const camera: Camera = {
    name: 'trace',
    async *frames() {
      for (const [id, { capturedAtMs }] of trace.entries()) {
        nowMs = capturedAtMs;
        yield { id, capturedAtMs, format: 'jpeg', data: new Uint8Array() };
      }
    },
  };
  const vision: Vision = { model: gallery.embedder, see: async ({ id }) => trace[id]!, close: async () => {} };
  const policy: VerdictPolicy = {
    threshold: 0.05,
    minMargin: 0,
    agreeing: 3,
    window: 5,
    decideWithinMs: 500,
    liveness: 'off',
  };
  const said: string[] = [];
  await runJourney(
    camera,
    {
      vision,
      clock,
      tracker: new Tracker({ window: policy.window, changeDistance: 0.5 }),
      gallery: () => ({ gallery, policy }),
      report: (occurrence) => said.push(JSON.stringify(occurrence)),
      act: () => {},
      onSeen: (seen, _, verdict) => said.push(`${seen.frameId} ${JSON.stringify(verdict)}`),
    },
    new AbortController().signal,
  );
  return said;
}

/** The same values in objects whose keys come in the opposite order. */
function turnedAround<T>(value: T): T {
  if (ArrayBuffer.isView(value) || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(turnedAround) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, turnedAround(inner)])) as T;
}

test('the verdicts on a recorded trace are the same every time, whatever the order of its keys', async (t) => {
  const { trace, enrolled, model } = await record();
  const person = { id: 'p05', name: 'P', groups: [], validFrom: null, validUntil: null, version: 1 };
  const galleryOf = () =>
    Gallery.from({
      lineage: 'l',
      version: 1,
      embedder: model,
      people: [{ ...person, templates: [enrolled] }],
      erased: {},
    });
  const first = await replay(trace, galleryOf());
  t.true(first.some((line) => line.includes('verdict.granted')));
  t.true(first.some((line) => line.includes('verdict.denied')));
  t.deepEqual(await replay(trace, galleryOf()), first);
  t.deepEqual(await replay(structuredClone(trace), galleryOf()), first);
  t.deepEqual(await replay(turnedAround(trace), galleryOf()), first);
});
