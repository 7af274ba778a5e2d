import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { Camera } from '../../src/camera/camera.ts';
import { replayCamera } from '../../src/camera/replay.ts';
import { type SuperviseOptions, superviseCamera } from '../../src/camera/supervised.ts';
import { LimenError } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { take } from '../contract/camera.ts';
import { needs } from '../support/require.ts';
import { children, copyPictures, recorder, temporaryFolder, testPattern } from './support.ts';

const quick = { clock: systemClock, backoff: { firstMs: 10, capMs: 50 } };

test('a healthy camera is reported once and delivers its own frames', async (t) => {
  const { report, occurrences } = recorder();
  const camera = superviseCamera(scripted([['frame', 'frame', 'frame', 'wait']]), { ...quick, report });
  const frames = await take(camera, 3);
  t.deepEqual(
    frames.map(({ id }) => id),
    [1, 2, 3],
  );
  t.deepEqual(occurrences, [{ kind: 'camera.started', body: { camera: 'scripted' } }]);
});

test('an error, a foreign error and an unexpected end are outages that end', async (t) => {
  const { report, occurrences, kinds } = recorder();
  const runs: Act[][] = [
    ['frame', 'frame', new LimenError('camera.busy', 'Another program uses it.')],
    ['frame', new Error('ioctl failed')],
    ['frame', 'end'],
    ['frame', 'wait'],
  ];
  const frames = await take(superviseCamera(scripted(runs), { ...quick, report }), 5);
  t.deepEqual(
    frames.map(({ id }) => id),
    [1, 2, 3, 4, 5],
  );
  const outage = ['camera.stalled', 'camera.recovered'] as const;
  t.deepEqual(kinds(), ['camera.started', ...outage, ...outage, ...outage]);
  t.deepEqual(
    occurrences.flatMap(({ kind, body }) => (kind === 'camera.stalled' ? [body.code] : [])),
    ['camera.busy', 'camera.failed', 'camera.failed'],
  );
});

test('a silent camera is stopped and started again', async (t) => {
  const { report, occurrences } = recorder();
  const script = scripted([
    ['frame', 'wait'],
    ['frame', 'wait'],
  ]);
  const frames = await take(superviseCamera(script, { ...quick, report, stallMs: 50 }), 2);
  t.is(frames.length, 2);
  t.is(script.released, 2);
  const stalled = occurrences.find(({ kind }) => kind === 'camera.stalled');
  t.like(stalled, { body: { camera: 'scripted', code: 'camera.stalled', retryInMs: 10 } });
  const recovered = occurrences.find(({ kind }) => kind === 'camera.recovered');
  t.true(recovered?.kind === 'camera.recovered' && recovered.body.silentMs >= 50);
});

test('a slow consumer is not a stall', async (t) => {
  const { report, kinds } = recorder();
  const script = scripted([['frame', 'frame', 'frame', 'wait']]);
  let seen = 0;
  for await (const _frame of superviseCamera(script, { ...quick, report, stallMs: 100 }).frames(signal())) {
    seen += 1;
    if (seen === 3) break;
    await delay(250);
  }
  t.deepEqual(kinds(), ['camera.started']);
  t.is(script.released, 1);
});

test('a failure that repeats is reported once, a new reason is reported, with growing pauses', async (t) => {
  const { report, occurrences } = recorder();
  const missing = () => new LimenError('camera.missing', 'There is no camera.');
  const busy = () => new LimenError('camera.busy', 'Another program uses it.');
  const runs: Act[][] = [[missing()], [missing()], [missing()], [busy()], [missing()], [busy()], ['frame', 'wait']];
  const script = scripted(runs);
  await take(superviseCamera(script, { ...quick, report, backoff: { firstMs: 4, capMs: 20 } }), 1);
  t.is(script.opened, 7);
  t.deepEqual(
    occurrences.map(({ kind, body }) => (kind === 'camera.stalled' ? [body.code, body.retryInMs] : kind)),
    [['camera.missing', 10], ['camera.busy', 20], 'camera.started', 'camera.recovered'],
  );
});

test('a camera that dies after each frame is not restarted in a hurry', async (t) => {
  const { report, occurrences } = recorder();
  const runs = Array.from({ length: 5 }, (): Act[] => ['frame', 'end']);
  await take(superviseCamera(scripted(runs), { ...quick, report, backoff: { firstMs: 10, capMs: 80 } }), 5);
  t.deepEqual(
    occurrences.flatMap(({ kind, body }) => (kind === 'camera.stalled' ? [body.retryInMs] : [])),
    [10, 20, 40, 80],
  );
});

test('frames over ten seconds make the pauses short again', async (t) => {
  const { report, occurrences } = recorder();
  let nowMs = 0;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const runs: Act[][] = [['end'], ['end'], ['frame', 'frame', 'end'], ['frame', 'wait']];
  const camera = superviseCamera(scripted(runs), { report, clock, backoff: { firstMs: 10, capMs: 1000 } });
  let seen = 0;
  for await (const _frame of camera.frames(signal())) {
    nowMs += 10_000;
    seen += 1;
    if (seen === 3) break;
  }
  t.deepEqual(
    occurrences.flatMap(({ kind, body }) => (kind === 'camera.stalled' ? [body.retryInMs] : [])),
    [10, 10],
  );
});

test('a clip with an end ends when that was expected', async (t) => {
  const { report, kinds } = recorder();
  const folder = await temporaryFolder(t);
  await copyPictures(folder, 3);
  const clip = replayCamera({ folder, fps: 100, loop: false, paced: 'as-consumed' });
  const ids: number[] = [];
  for await (const { id } of superviseCamera(clip, { ...quick, report, mayEnd: true }).frames(signal())) ids.push(id);
  t.deepEqual(ids, [1, 2, 3]);
  t.deepEqual(kinds(), ['camera.started']);
});

test('what a camera must find out first may take longer than a first frame, and is no stall', async (t) => {
  const { report, kinds } = recorder();
  const script = scripted([
    ['frame', 'end'],
    ['frame', 'wait'],
  ]);
  const done: string[] = [];
  const camera: Camera = {
    name: script.name,
    prepare: async () => {
      await delay(200);
      done.push('prepared');
    },
    frames: (signal) => {
      done.push('opened');
      return script.frames(signal);
    },
  };
  await take(superviseCamera(camera, { ...quick, report, stallMs: 50, firstFrameMs: 50 }), 2);
  t.deepEqual(done, ['prepared', 'opened', 'prepared', 'opened']);
  t.deepEqual(kinds(), ['camera.started', 'camera.stalled', 'camera.recovered']);
});

test('a camera that cannot get ready is told of, and tried again', async (t) => {
  const { report, occurrences } = recorder();
  const script = scripted([['frame', 'wait']]);
  let tries = 0;
  const prepare = async () => {
    tries += 1;
    if (tries < 3) throw new LimenError('camera.tool-missing', 'It needs a tool.');
  };
  await take(superviseCamera({ ...script, prepare }, { ...quick, report }), 1);
  t.deepEqual(
    occurrences.map(({ kind, body }) => ('code' in body ? body.code : kind)),
    ['camera.tool-missing', 'camera.started', 'camera.recovered'],
  );
});

test('an abort while a camera gets ready opens nothing', async (t) => {
  const { report, kinds } = recorder();
  const script = scripted([['frame', 'wait']]);
  const controller = new AbortController();
  const prepare = async (signal: AbortSignal) => {
    setImmediate(() => controller.abort());
    await aborted(signal);
  };
  const camera = superviseCamera({ ...script, prepare }, { ...quick, report });
  for await (const _frame of camera.frames(controller.signal)) t.fail();
  t.is(script.opened, 0);
  t.deepEqual(kinds(), []);
});

test('an abort during the pause between two starts ends at once', async (t) => {
  const controller = new AbortController();
  const options: SuperviseOptions = {
    clock: systemClock,
    backoff: { firstMs: 3_600_000, capMs: 3_600_000 },
    report: ({ kind }) => {
      if (kind === 'camera.stalled') setImmediate(() => controller.abort());
    },
  };
  for await (const _frame of superviseCamera(scripted([['end']]), options).frames(controller.signal)) t.fail();
  t.true(controller.signal.aborted);
});

test('what the journal cannot take is not hidden, and the camera is released', async (t) => {
  const script = scripted([['frame', 'wait']]);
  const report = () => {
    throw new LimenError('disk.full', 'The disk is full.');
  };
  await t.throwsAsync(take(superviseCamera(script, { ...quick, report }), 1), { message: 'The disk is full.' });
  t.is(script.released, 1);
});

test('a folder that comes late, goes and comes back', async (t) => {
  const { report, occurrences } = recorder();
  const home = await temporaryFolder(t);
  const [away, folder] = [join(home, 'away'), join(home, 'clip')];

  await mkdir(away);
  await copyPictures(away, 3);
  const options: SuperviseOptions = {
    ...quick,
    report: (occurrence) => {
      report(occurrence);
      if (occurrence.kind === 'camera.stalled') void rename(away, folder);
    },
  };
  const ids: number[] = [];
  for await (const frame of superviseCamera(replayCamera({ folder, fps: 50, loop: true }), options).frames(signal())) {
    ids.push(frame.id);
    if (ids.length === 2) await rename(folder, away);
    if (ids.length === 4) break;
  }
  t.true(ids.every((id, i) => i === 0 || id > (ids[i - 1] as number)));
  t.deepEqual(
    occurrences.map(({ kind, body }) => ('code' in body ? body.code : kind)),
    ['camera.missing', 'camera.started', 'camera.recovered', 'camera.missing', 'camera.recovered'],
  );
});

for (const [signalName, code] of [
  ['SIGKILL', 'camera.failed'],
  ['SIGSTOP', 'camera.stalled'],
] as const) {
  test.serial(`a real ffmpeg hit by ${signalName} is replaced`, async (t) => {
    if (!needs(t, 'ffmpeg')) return;
    const { report, occurrences } = recorder();
    const hit = new Set<number>();
    const ids: number[] = [];
    const options = { ...quick, report, stallMs: 1500 };
    for await (const frame of superviseCamera(testPattern(10), options).frames(signal())) {
      ids.push(frame.id);
      if (hit.size === 0) {
        const ffmpeg = children('ffmpeg')[0] as number;
        hit.add(ffmpeg);
        process.kill(ffmpeg, signalName);
      } else if (occurrences.at(-1)?.kind === 'camera.recovered') break;
    }
    t.true(ids.every((id, i) => i === 0 || id > (ids[i - 1] as number)));
    t.deepEqual(
      occurrences.map(({ kind, body }) => ('code' in body ? body.code : kind)),
      ['camera.started', code, 'camera.recovered'],
    );
    t.deepEqual(children('ffmpeg'), []);
  });
}

type Act = 'frame' | 'wait' | 'end' | Error;

/** A camera that plays one list of acts per run; `wait` is silent until the abort. */
function scripted(runs: Act[][]): Camera & { opened: number; released: number } {
  const camera = {
    name: 'scripted',
    opened: 0,
    released: 0,
    async *frames(signal: AbortSignal): AsyncGenerator<Frame> {
      const acts = runs[camera.opened++] ?? ['wait'];
      let id = 0;
      try {
        for (const act of acts) {
          if (act instanceof Error) throw act;
          if (act === 'end') return;
          if (act === 'wait') await aborted(signal);
          else yield { id: ++id, capturedAtMs: 0, format: 'jpeg', data: new Uint8Array(1) };
        }
      } finally {
        camera.released += 1;
      }
    },
  };
  return camera;
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', resolve));
}

function signal(): AbortSignal {
  return new AbortController().signal;
}
