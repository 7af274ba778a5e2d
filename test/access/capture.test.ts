import test from 'ava';
import { Capture } from '../../src/access/capture.ts';
import type { Seen, Sighting } from '../../src/domain/sighting.ts';
import type { Template } from '../../src/domain/template.ts';
import { readingVision } from '../support/site.ts';

const strict = { liveness: 'required', surroundingsSuffice: true, changeDistance: 0.2, sureDistance: 0.1 } as const;
const lax = { ...strict, liveness: 'off' } as const;

/** What the camera shows at this time: one face for each id. */
async function frame(text: string, capturedAtMs: number, signs?: Sighting['signs']): Promise<Seen> {
  const seen = await readingVision.see({ id: 1, capturedAtMs, format: 'jpeg', data: Buffer.from(text) });
  return { ...seen, sightings: seen.sightings.map((sighting) => ({ ...sighting, ...(signs && { signs }) })) };
}

/** Ten pictures a second of `text`; returns what ended the capture. */
async function watch(
  capture: Capture,
  text: string,
  { fromMs = 0, forMs = 3000, signs = undefined as Sighting['signs'] },
) {
  for (let atMs = fromMs; atMs < fromMs + forMs; atMs += 100) {
    const templates = capture.take(await frame(text, atMs, signs));
    if (templates !== null) return { templates, atMs };
  }
  return null;
}

test('five looks at one face end it, each a while after the one before', async (t) => {
  const done = await watch(new Capture(lax), 'ada', {});
  t.is(done?.templates.length, 5);
  t.is(done?.atMs, 1200);
});

test('somebody who steps in front begins it anew: no enrolment holds two faces', async (t) => {
  const capture = new Capture(lax);
  t.is(await watch(capture, 'ada', { forMs: 1000 }), null);
  const done = await watch(capture, 'bob', { fromMs: 1000 });
  const only = (await frame('bob', 0)).sightings[0]?.template as Template;
  t.is(done?.templates.length, 5);
  t.true(
    done?.templates.every(({ data }) => Buffer.compare(Buffer.from(data.buffer), Buffer.from(only.data.buffer)) === 0),
  );
});

test('two at once begin it anew, and nobody ends in the sentence that says so', async (t) => {
  const capture = new Capture(lax);
  t.is(await watch(capture, 'ada', { forMs: 1000 }), null);
  t.is(await watch(capture, 'ada bob', { fromMs: 1000 }), null);
  t.throws(() => capture.end(), { code: 'image.many-faces' });
  t.throws(() => new Capture(lax).end(), { code: 'image.no-face' });
});

test('when the time is up three looks are enough, and fewer say what was wrong', async (t) => {
  const enough = new Capture(lax);
  t.is(await watch(enough, 'ada', { forMs: 700 }), null);
  t.is(enough.end().length, 3);
  const blurred = new Capture(lax);
  t.is(await watch(blurred, 'blurred', {}), null);
  t.throws(() => blurred.end(), { code: 'image.poor-quality', message: /0 good looks.*3 are needed: hold still/ });
});

test('where liveness is required, what stays with its surroundings is enrolled, and what moves with them never', async (t) => {
  const alive = await watch(new Capture(strict), 'ada', { signs: { still: 1, moving: 0, eyes: null, nose: null } });
  t.is(alive?.templates.length, 5);
  for (const signs of [undefined, { still: 0, moving: 2, eyes: null, nose: null }]) {
    const print = new Capture(strict);
    t.is(await watch(print, 'ada', { signs }), null);
    t.throws(() => print.end(), { code: 'image.not-alive' });
  }
});
