import { readFile } from 'node:fs/promises';
import { Tracker, type TrackerOptions } from '../access/tracker.ts';
import type { VerdictPolicy } from '../access/verdict.ts';
import type { Clock } from '../domain/clock.ts';
import type { Frame } from '../domain/frame.ts';
import type { Person } from '../domain/person.ts';
import type { Seen } from '../domain/sighting.ts';
import type { Template } from '../domain/template.ts';
import type { FinalVerdict } from '../domain/verdict.ts';
import { Gallery } from '../gallery/gallery.ts';
import { runJourney } from '../pipeline.ts';
import type { LabelledClip } from './labelled.ts';
import type { Looking } from './pictures.ts';
import { answerOf, type Presentation } from './presentation-attacks.ts';

/** What a site demands besides liveness, and when its tracker takes a face for another one; the threshold is wide open here. */
export type RehearsalPolicy = Pick<VerdictPolicy, 'agreeing' | 'window' | 'decideWithinMs' | 'surroundingsSuffice'> &
  Pick<TrackerOptions, 'changeDistance' | 'sureDistance'>;

/**
 * Play a clip to the product's own journey, behind which somebody waits who looks exactly like the face on it: whoever
 * or whatever it is, recognition says yes, so the answer is that of liveness alone (and of the quality gates before it).
 */
export async function rehearse(clip: LabelledClip, policy: RehearsalPolicy, looking: Looking): Promise<Presentation> {
  const seen = await seenOn(clip, looking);
  const template = seen.flatMap(({ sightings }) => sightings[0]?.template ?? [])[0];
  const verdicts = template === undefined ? [] : await verdictsOn(seen, template, policy);
  const frames = seen.flatMap(({ sightings }) => sightings[0]?.liveness ?? []);
  return {
    name: clip.name,
    species: clip.species,
    answer: answerOf(verdicts),
    frames: frames.map(({ score, live }) => ({ score, live })),
  };
}

async function seenOn({ files, fps }: LabelledClip, { vision, signal }: Looking): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const [i, file] of files.entries()) {
    signal.throwIfAborted();
    const data = new Uint8Array(await readFile(file));
    seen.push(await vision.see({ id: i, capturedAtMs: (i * 1000) / fps, format: 'jpeg', data }));
  }
  return seen;
}

async function verdictsOn(seen: readonly Seen[], template: Template, policy: RehearsalPolicy): Promise<FinalVerdict[]> {
  const gallery = galleryOf(template);
  const everybody = { ...policy, threshold: 2, minMargin: 0, liveness: 'required' } as const;
  const verdicts: FinalVerdict[] = [];
  const frames = seen.map(
    ({ capturedAtMs }, id): Frame => ({ id, capturedAtMs, format: 'jpeg', data: new Uint8Array() }),
  );
  const camera = {
    name: 'rehearsal',
    async *frames() {
      yield* frames;
    },
  };
  await runJourney(
    camera,
    {
      vision: { model: template.model, see: async ({ id }) => seen[id]!, close: async () => {} },
      tracker: new Tracker(policy),
      clock: standingClock,
      gallery: () => ({ gallery, policy: everybody }),
      report: () => {},
      act: () => {},
      onVerdict: (verdict) => verdicts.push(verdict),
    },
    new AbortController().signal,
  );
  return verdicts;
}

/** Time is what the frames say. */
const standingClock: Clock = { now: () => new Date(0), monotonicMs: () => 0, quality: () => 'unsynced' };

function galleryOf(template: Template): Gallery {
  const unlimited = { groups: [], validFrom: null, validUntil: null, version: 1 };
  const person: Person = { id: 'claimed', name: 'claimed', templates: [template], ...unlimited };
  return Gallery.from({ lineage: '', version: 1, embedder: template.model, people: [person], erased: {} });
}
