import test from 'ava';
import type { Calibration } from '../src/domain/calibration.ts';
import { LimenError } from '../src/domain/errors.ts';
import type { Projection } from '../src/domain/projection.ts';
import { templateFrom } from '../src/domain/template.ts';
import type { GallerySnapshot } from '../src/gallery/gallery-store.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { Terminal } from '../src/terminal.ts';
import type { Vision } from '../src/vision/vision.ts';
import { memoryJournal } from './support/memory-journal.ts';

const calibration: Calibration = {
  embedder: 'new/1',
  impostorPairs: 1e6,
  people: 1000,
  source: 'a test',
  quantiles: [
    { fmr: 0.1, fmrUpper: 0.11, distance: 0.2 },
    { fmr: 1e-5, fmrUpper: 2e-5, distance: 0.05 },
  ],
};

function snapshot(embedder: string, version = 1): GallerySnapshot {
  const templates = [templateFrom(embedder, [1, 2, 3])];
  const person = { id: 'p', name: 'P', templates, groups: [], validFrom: null, validUntil: null, version };
  return { lineage: 'l', version, embedder, people: [person], erased: {} };
}

function terminalWith(stored: GallerySnapshot | null, projection: Projection | null = null): Terminal {
  const vision: Vision = { model: 'new/1', see: () => Promise.reject(new Error('blind')), async close() {} };
  const demands = {
    targetFpir: 0.001,
    minMargin: 0.01,
    agreeing: 3,
    window: 5,
    decideWithinMs: 2500,
    liveness: 'off' as const,
  };
  const parts = {
    vision,
    calibration,
    projection,
    demands,
    journal: memoryJournal('t'),
    clock: systemClock,
    door: null,
    direction: null,
  };
  return new Terminal(parts, stored);
}

test('after a change of the pack the terminal starts with nobody known, instead of not at all', (t) => {
  const terminal = terminalWith(snapshot('old/1'));
  t.is(terminal.inForce.gallery.embedder, 'new/1');
  t.is(terminal.inForce.gallery.rows, 0);
});

test('a gallery of another embedder is refused before it is stored, and the one in force stays', (t) => {
  const terminal = terminalWith(snapshot('new/1'));
  const error = t.throws(() => terminal.assertUsable(snapshot('old/1', 2)), { instanceOf: LimenError });
  t.is(error.code, 'template.foreign-embedder');
  t.is(terminal.inForce.gallery.version, 1);
  t.notThrows(() => terminal.assertUsable(snapshot('new/1', 2)));
});

test('a larger gallery brings a stricter threshold', (t) => {
  const terminal = terminalWith(snapshot('new/1'));
  const before = terminal.inForce.policy.threshold;
  const one = snapshot('new/1', 2);
  const people = Array.from({ length: 20 }, (_, i) => ({ ...one.people[0]!, id: `p${i}` }));
  terminal.adopt({ ...one, people });
  t.true(terminal.inForce.policy.threshold < before);
});

test('with a projection, a gallery comes in the embedder’s templates and decides in the projection’s', (t) => {
  const matrix = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 0.1]);
  const projection = { id: 'new/1', base: 'base/1', matrix };
  const terminal = terminalWith(snapshot('base/1'), projection);
  t.is(terminal.inForce.gallery.embedder, 'new/1');
  const probe = templateFrom('new/1', [1, 2, 0.3]);
  t.true(terminal.inForce.gallery.rank(probe).nearest!.distance < 1e-3);

  t.notThrows(() => terminal.assertUsable(snapshot('base/1', 2)));
  terminal.adopt(snapshot('base/1', 2));
  t.is(terminal.inForce.gallery.version, 2);
  t.is(terminal.inForce.gallery.rows, 1);
  t.throws(() => terminal.assertUsable(snapshot('old/1', 3)), { code: 'template.foreign-embedder' });
});
