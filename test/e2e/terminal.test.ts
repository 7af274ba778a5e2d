import { chmodSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const test = anyTest as TestFn<TestSite>;
const folder = temporaryFolders(anyTest as TestFn);

test.beforeEach((t) => {
  t.context = new TestSite(folder());
});
test.afterEach.always((t) => t.context.close());

/** A site with a hub that knows p01, and a terminal that has just opened for them, for a minute. */
async function midPulse(site: TestSite) {
  await site.startHub();
  await site.enrol('p01', 'p05');
  const terminal = site.startTerminal();
  await until(() => site.level() === '1');
  // In an object: an async function that returned the child itself would wait for its end.
  return { terminal };
}

test.serial('a face at the camera opens the door: written down first, and known at the hub', async (t) => {
  const site = t.context;
  await midPulse(site);
  const granted = await site.event('verdict.granted');
  const unlocked = await site.event('door.unlocked');
  t.is(granted.body.personId, 'p01');
  t.true(granted.seq < unlocked.seq);
  await until(async () =>
    (await site.hub!.hub.events({ terminal: 'front-door' })).some(({ seq }) => seq === unlocked.seq),
  );
  t.pass();
});

test.serial('SIGTERM in the middle of a pulse: at rest, written down, a clean end', async (t) => {
  const site = t.context;
  const { terminal } = await midPulse(site);
  terminal.kill('SIGTERM');
  const { exitCode } = await terminal;
  t.is(exitCode, 0);
  t.is(site.level(), '0');
  t.deepEqual(
    site
      .events()
      .slice(-2)
      .map(({ kind }) => kind),
    ['door.locked', 'terminal.stopped'],
  );
});

test.serial(
  'SIGKILL in the middle of a pulse: the lock process brings the door to rest, no event is lost',
  async (t) => {
    const site = t.context;
    const { terminal } = await midPulse(site);
    const granted = await site.event('verdict.granted');
    terminal.kill('SIGKILL');
    await terminal;
    await until(() => site.level() === '0');
    // What was written down before the kill reaches the hub after the next start, and only once.
    site.startTerminal({ camera: { driver: 'replay', folder: site.folder } });
    await until(() => site.events('terminal.started').length === 2);
    await until(async () => {
      const received = await site.hub!.hub.events({ terminal: 'front-door' });
      return received.filter(({ seq }) => seq === granted.seq).length === 1;
    });
    t.is(site.level(), '0');
  },
);

test.serial('a second daemon on the same data folder is refused and leaves the first one alone', async (t) => {
  const site = t.context;
  const { terminal: first } = await midPulse(site);
  const second = await site.startTerminal();
  t.is(second.exitCode, 75);
  t.regex(String(second.stderr), new RegExp(`${first.pid}`));
  t.notRegex(String(second.stderr), /\n\s+at /);
  t.is(site.level(), '1');
  t.is(first.exitCode, null as never);
});

test.serial(
  'without a broker the terminal works on the gallery it has, and the hub gets the events later',
  async (t) => {
    const site = t.context;
    const { terminal } = await midPulse(site);
    terminal.kill('SIGTERM');
    await terminal;
    await site.stopHub();
    site.startTerminal();
    await until(() => site.level() === '1');
    const granted = site.events('verdict.granted').at(-1)!;
    await site.startHub();
    await until(async () =>
      (await site.hub!.hub.events({ terminal: 'front-door' })).some(({ seq }) => seq === granted.seq),
    );
    t.pass();
  },
);

test.serial('a gallery file cut in half: the generation before stands in, loudly', async (t) => {
  const site = t.context;
  await site.startHub();
  await site.enrol('p01');
  const first = site.startTerminal({ camera: { driver: 'replay', folder: site.folder } });
  await site.event('gallery.updated');
  await site.enrol('p05');
  await until(() => site.events('gallery.updated').length === 2);
  first.kill('SIGTERM');
  await first;
  const file = join(site.dataFolder, 'gallery.json');
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
  await site.stopHub();
  const second = site.startTerminal();
  const recovered = await site.event('gallery.recovered');
  t.is(recovered.body.version, 1);
  await until(() => site.level() === '1');
  second.kill('SIGTERM');
  await second;
  t.is(site.level(), '0');
});

test.serial(
  'both generations damaged: it stops with one sentence, the door at rest, never with an empty gallery',
  async (t) => {
    const site = t.context;
    const { terminal } = await midPulse(site);
    terminal.kill('SIGTERM');
    await terminal;
    for (const name of ['gallery.json', 'gallery.json.previous']) writeFileSync(join(site.dataFolder, name), 'x');
    const { exitCode, stderr } = await site.startTerminal();
    t.is(exitCode, 65);
    t.regex(String(stderr), /gallery\.corrupt/);
    t.is(site.level(), '0');
  },
);

test.serial(
  'a full disk: what cannot be written down opens nothing, and it goes on when there is room again',
  async (t) => {
    const site = t.context;
    mkdirSync(site.dataFolder);
    if (!mountSmallDisk(t, site.dataFolder, 2048)) return;
    chmodSync(site.dataFolder, 0o700);
    await site.startHub();
    await site.enrol('p01');
    const nobody = { camera: { driver: 'replay', folder: site.folder } };
    const before = site.startTerminal(nobody);
    await site.event('gallery.updated');
    before.kill('SIGTERM');
    await before;
    await site.stopHub();
    const terminal = site.startTerminal({ broker: undefined });
    await site.event('camera.started');
    const filler = join(site.dataFolder, 'filler');
    t.throws(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024)), { code: 'ENOSPC' });
    let log = '';
    terminal.stderr!.on('data', (chunk: Buffer) => {
      log += chunk;
    });
    await until(() => log.includes('disk.full'));
    t.is(site.level(), '0');
    t.is(terminal.exitCode, null as never);
    rmSync(filler);
    await until(() => site.level() === '1');
    t.is(site.events('verdict.granted').length, 1);
    terminal.kill('SIGTERM');
    await terminal;
  },
);

test.serial('no camera: the terminal says so, stays up, and keeps the door shut', async (t) => {
  const site = t.context;
  await site.startHub();
  const terminal = site.startTerminal({ camera: { driver: 'v4l2', device: '/dev/video77' } });
  const stalled = await site.event('camera.stalled');
  t.regex(stalled.body.code, /^camera\./);
  t.is(site.level(), '0');
  terminal.kill('SIGTERM');
  t.is((await terminal).exitCode, 0);
});

test.serial(
  'liveness required: a photograph of an enrolled person, held up to the camera, is a spoof and opens nothing',
  async (t) => {
    const site = t.context;
    await site.startHub();
    await site.enrol('p01');
    const folder = join(packageRoot(), 'test/people/clips/attack-paper-p01');
    site.startTerminal({ camera: { driver: 'replay', folder, fps: 5 }, recognition: { liveness: 'required' } });
    const denied = await site.event('verdict.denied');
    t.is(denied.body.reason, 'spoof');
    t.is(denied.body.personId, 'p01');
    t.is(site.level(), '0');
    t.is(site.events('verdict.granted').length, 0);
  },
);

test.serial('a config that is wrong: exit 78, the place and the mend, no stack trace', async (t) => {
  const site = t.context;
  await site.startHub();
  const { exitCode, stderr } = await site.startTerminal({ door: { driver: 'simulated', pulseMs: 'long' } });
  t.is(exitCode, 78);
  t.regex(String(stderr), /terminal\.yaml:\d+:\d+/);
  t.notRegex(String(stderr), /\n\s+at /);
});
