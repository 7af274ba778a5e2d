import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { isLimenError } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { resolvePackFolder } from '../../src/vision/pack-folders.ts';
import { openWorkerVision } from '../../src/vision/worker-vision.ts';
import { visionContract } from '../contract/vision.ts';
import { defaultGates, openGates } from '../support/gates.ts';
import { bytesOf } from '../support/people.ts';

const packs = ['faceapi'];
const realEngine = siblingModule(import.meta.url, '../../src/engine/onnxruntime-node').href;
const failingEngine = siblingModule(import.meta.url, './support/failing-engine').href;
const settings = { packs, engineModule: realEngine, quality: defaultGates };

visionContract('in a worker', (quality) => openWorkerVision({ packs, engineModule: realEngine, quality }));

test('a frame with memory of its own is transferred, a view into shared memory is copied', async (t) => {
  const vision = await openWorkerVision(settings);
  const owned = bytesOf('people/p01/enrol-1.jpg');
  const large = new Uint8Array(owned.length + 100);
  large.set(owned, 50);
  await vision.see(frameOf(large.subarray(50, 50 + owned.length)));
  t.is(large[50], 0xff);
  await vision.see(frameOf(owned));
  t.is(owned.length, 0);
  await vision.close();
});

test('with attention, an unmoving empty picture is left out until its turn, and a face never', async (t) => {
  const vision = await openWorkerVision({ ...settings, attention: { idleFps: 1 } });
  const show = async (file: string, capturedAtMs: number) => {
    const { leftOut, sightings } = await vision.see({ ...frameOf(bytesOf(file)), capturedAtMs });
    return leftOut ? 'left out' : sightings.length;
  };
  const empty = 'scenes/empty-corridor.jpg';
  const idle = [0, 3000, 3500, 3800, 4000].map((atMs) => [empty, atMs] as const);
  const person = 'people/p01/enrol-1.jpg';
  const busy = [4100, 4200, 4300].map((atMs) => [person, atMs] as const);
  const seen: unknown[] = [];
  for (const [file, atMs] of [...idle, ...busy]) seen.push(await show(file, atMs));
  t.deepEqual(seen, [0, 0, 'left out', 'left out', 0, 1, 1, 1]);
  await vision.close();
});

test('a worker that dies fails the calls under way, and the next frame starts another', async (t) => {
  const vision = await openWorkerVision({ ...settings, engineModule: failingEngine, quality: openGates });
  for (let round = 0; round < 2; round++) {
    const [dies, waits] = await Promise.allSettled([vision.see(deadlyFrame()), vision.see(goodFrame())]);
    for (const call of [dies, waits]) {
      t.is(call.status, 'rejected');
      t.true(call.status === 'rejected' && isLimenError(call.reason, 'vision.failed'));
    }
    const [one, two] = await Promise.all([vision.see(goodFrame()), vision.see(goodFrame())]);
    t.deepEqual([one.sightings.length, two.sightings.length], [1, 1]);
  }
  await vision.close();
});

test('closing fails the calls that have no answer yet or lets them finish, and ends the thread', async (t) => {
  const vision = await openWorkerVision(settings);
  const [call] = await Promise.all([Promise.allSettled([vision.see(goodFrame())]), vision.close()]);
  t.true(call[0].status === 'fulfilled' || isLimenError(call[0].reason, 'vision.failed'));
  await t.throwsAsync(vision.see(goodFrame()), { code: 'vision.failed' });
});

test('what is wrong with pack or engine is said at the start, code and hint intact', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'limen-pack-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp(resolvePackFolder('faceapi'), folder, { recursive: true });
  const bytes = await readFile(join(folder, 'detector.onnx'));
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(join(folder, 'detector.onnx'), bytes);

  const tampered = await t.throwsAsync(openWorkerVision({ ...settings, packs: [folder] }));
  t.true(isLimenError(tampered, 'pack.tampered'));
  t.regex(tampered?.message ?? '', /detector\.onnx/);
  t.regex((tampered as { hint?: string }).hint ?? '', /Restore/);

  for (const name of ['./no-such-engine', '../support/gates']) {
    const engineModule = siblingModule(import.meta.url, name).href;
    const error = await t.throwsAsync(openWorkerVision({ ...settings, engineModule }));
    t.true(isLimenError(error, 'engine.missing'));
  }
});

function frameOf(data: Uint8Array): Frame {
  return { id: 0, capturedAtMs: 0, format: 'jpeg', data };
}

function goodFrame(): Frame {
  return frameOf(bytesOf('people/p01/enrol-1.jpg'));
}

/** So flat that the detector's input has one row of cells: the failing engine's sign. */
function deadlyFrame(): Frame {
  return { ...frameOf(new Uint8Array(640 * 32 * 3)), format: 'rgb24', widthPx: 640, heightPx: 32 };
}
