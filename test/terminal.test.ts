import test from 'ava';
import type { Camera } from '../src/camera/camera.ts';
import type { Calibration } from '../src/domain/calibration.ts';
import { LimenError } from '../src/domain/errors.ts';
import type { Projection } from '../src/domain/projection.ts';
import { templateFrom } from '../src/domain/template.ts';
import type { Door } from '../src/door/door.ts';
import type { GallerySnapshot } from '../src/gallery/gallery-store.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { Terminal } from '../src/terminal.ts';
import type { Vision } from '../src/vision/vision.ts';
import { memoryJournal } from './support/memory-journal.ts';
import { readingVision } from './support/site.ts';

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

const blind: Vision = { model: 'new/1', see: () => Promise.reject(new Error('blind')), async close() {} };

function terminalWith(
  stored: GallerySnapshot | null,
  {
    projection = null,
    door = null,
    vision = blind,
  }: { projection?: Projection | null; door?: Door | null; vision?: Vision } = {},
): Terminal {
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
    door,
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
  const terminal = terminalWith(snapshot('base/1'), { projection });
  t.is(terminal.inForce.gallery.embedder, 'new/1');
  const probe = templateFrom('new/1', [1, 2, 0.3]);
  t.true(terminal.inForce.gallery.rank(probe).nearest!.distance < 1e-3);

  t.notThrows(() => terminal.assertUsable(snapshot('base/1', 2)));
  terminal.adopt(snapshot('base/1', 2));
  t.is(terminal.inForce.gallery.version, 2);
  t.is(terminal.inForce.gallery.rows, 1);
  t.throws(() => terminal.assertUsable(snapshot('old/1', 3)), { code: 'template.foreign-embedder' });
});

/** A door that shows what it is told to, and opens or not. */
function showingDoor(shown: string[], unlock: () => Promise<void>): Door {
  const door: Partial<Door> = { unlock, signal: (signal) => void shown.push(signal) };
  return door as Door;
}

test('a refusal is shown at the door, and so is a grant that the door does not follow', async (t) => {
  const shown: string[] = [];
  let opens = true;
  const unlock = () =>
    opens ? Promise.resolve() : Promise.reject(new LimenError('door.fault', 'The relay does not answer.'));
  const terminal = terminalWith(snapshot('new/1'), { door: showingDoor(shown, unlock) });
  const evidence = terminal.unseen();
  terminal.settle({ kind: 'grant', personId: 'p', name: 'P', evidence });
  await Promise.resolve();
  t.deepEqual(shown, []);
  terminal.settle({ kind: 'deny', reason: 'unknown', personId: null, evidence });
  t.deepEqual(shown, ['denied']);
  opens = false;
  terminal.settle({ kind: 'grant', personId: 'p', name: 'P', evidence });
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(shown, ['denied', 'denied']);
});

test('whoever is looked at sees that they are', async (t) => {
  const shown: string[] = [];
  const vision = { ...readingVision, model: 'new/1' };
  const terminal = terminalWith(null, { door: showingDoor(shown, async () => {}), vision });
  const camera: Camera = {
    name: 'a test',
    async *frames() {
      for (const [id, faces] of ['', 'blurred', 'blurred'].entries())
        yield { id, capturedAtMs: performance.now(), format: 'jpeg', data: Buffer.from(faces) };
    },
  };
  await terminal.watch(camera, new AbortController().signal);
  t.deepEqual(shown, ['busy', 'busy'], 'nothing for an empty picture');
});

test('who punches by a card in place of the face is recorded, and no door opens', (t) => {
  let asked = 0;
  const door = showingDoor([], async () => void asked++);
  const terminal = terminalWith(snapshot('new/1'), { door });
  const punched: string[] = [];
  terminal.punchWith({
    punch: ({ personId, name }) => {
      punched.push(personId);
      return { kind: 'choose', personId, name, withinMs: 1 };
    },
    signal: () => {},
  });
  const evidence = terminal.unseen();
  const access = { rule: null, says: null, factors: ['card'] };
  const grant = { kind: 'grant', personId: 'p', name: 'P' } as const;
  terminal.settle({ ...grant, evidence: { ...evidence, access: { ...access, afterRefusal: 'unknown' } } });
  t.deepEqual([punched.length, asked], [1, 0]);
  terminal.settle({ ...grant, evidence: { ...evidence, access } });
  t.deepEqual([punched.length, asked], [2, 1]);
});
