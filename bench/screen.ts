import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadTerminalConfig } from '../src/config/load.ts';
import { openDaemon } from '../src/daemon.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { packageRoot } from '../src/runtime/package-root.ts';
import { TestSite } from '../test/support/terminal.ts';
import { until } from '../test/support/wait.ts';

/**
 * Whether viewers of the live picture slow recognition down: `npm run bench:screen [-- --json] [--viewers N]`. Nobody, twenty
 * viewers of the terminal, and the same twenty at a bare server that gives as many pictures take turns of five seconds, a minute of each,
 * so that whatever else the machine does weighs on all three. The latency is
 * from a frame's capture to what was seen in it, at the screen; the daemon is whole, its viewers are another process. On a machine without
 * a core to spare viewers cost recognition time wherever they watch: that is what the bare server shows.
 */
const turnMs = 5000;
const turns = 12;
/** Of each turn: what was under way when the other ended. */
const settlingMs = 500;
/** What the product is held to: unchanged within a tenth. */
const mostRatio = 1.1;

const args = process.argv.slice(2);
const viewers = Number(args[args.indexOf('--viewers') + 1] || 20);
const site = new TestSite(mkdtempSync(join(tmpdir(), 'limen-bench-')));
const clip = join(packageRoot(), 'test/people/clips/walkup-s01-stranger');
const latencies = { nobody: [] as number[], elsewhere: [] as number[], watched: [] as number[] };
/** CPU time of the daemon's process, all its threads, in milliseconds. */
const cpuMs = { nobody: 0, elsewhere: 0, watched: 0 };
let turn: keyof typeof latencies | null = null;
const pictures = { elsewhere: 0, watched: 0 };
try {
  await site.startHub();
  await site.enrol('p05');
  const file = site.writeConfig({ camera: { driver: 'replay', folder: clip, fps: 10 }, screen: { port: 0 } });
  let said = '';
  const log = createLogger({ level: 'info', format: 'json' }, {
    write: (line: string) => {
      said += line;
    },
  } as unknown as NodeJS.WritableStream);
  const daemon = await openDaemon({ config: loadTerminalConfig(file), log });
  const address = /the screen is at (http:\/\/[\d.:]+)/;
  await until(() => address.test(said));
  const url = address.exec(said)![1]!;
  const subject = (name: string, ...given: string[]) =>
    fork(join(packageRoot(), `dist/bench/subjects/${name}.js`), given);
  const bare = subject('pictures', join(clip, 'frame-0030.jpg'));
  const [bareUrl] = (await once(bare, 'message')) as [string];
  const crowds = {
    elsewhere: subject('viewers', bareUrl, `${viewers}`),
    watched: subject('viewers', url, `${viewers}`),
  };
  const stop = new AbortController();
  const running = daemon.run(stop.signal, {
    onSeen: ({ capturedAtMs }) => {
      if (turn !== null) latencies[turn].push(performance.now() - capturedAtMs);
    },
  });
  await delay(turnMs);
  for (let i = 0; i < turns; i++) {
    await take('nobody');
    for (const name of ['elsewhere', 'watched'] as const) {
      crowds[name].send('start');
      await take(name);
      crowds[name].send('stop');
      pictures[name] += ((await once(crowds[name], 'message')) as [number])[0];
    }
  }
  for (const child of [bare, ...Object.values(crowds)]) child.disconnect();
  stop.abort();
  await running;
  await daemon.close('measured');
} finally {
  await site.close();
  rmSync(site.folder, { recursive: true, force: true });
}

async function take(name: keyof typeof latencies): Promise<void> {
  await delay(settlingMs);
  turn = name;
  const before = process.cpuUsage();
  await delay(turnMs - settlingMs);
  const { user, system } = process.cpuUsage(before);
  cpuMs[name] += (user + system) / 1000;
  turn = null;
}

function figures(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return {
    frames: values.length,
    mean: values.reduce((sum, one) => sum + one, 0) / values.length,
    median: at(0.5),
    p95: at(0.95),
  };
}

const nobody = figures(latencies.nobody);
const elsewhere = figures(latencies.elsewhere);
const watched = figures(latencies.watched);
const ratioTo = (base: typeof nobody) => ({
  mean: watched.mean / base.mean,
  median: watched.median / base.median,
  p95: watched.p95 / base.p95,
});
const ratio = { toNobody: ratioTo(nobody), toElsewhere: ratioTo(elsewhere) };
const cpuPerPictureMs = (cpuMs.watched - cpuMs.nobody) / (pictures.watched * (1 - settlingMs / turnMs));
const perViewerPerS = (name: keyof typeof pictures) => pictures[name] / viewers / ((turns * turnMs) / 1000);
const rates = { elsewhere: perViewerPerS('elsewhere'), watched: perViewerPerS('watched') };
if (args.includes('--json')) {
  console.log(
    JSON.stringify({ viewers, nobody, elsewhere, watched, ratio, rates, cpuPerPictureMs, mostRatio }, null, 2),
  );
} else {
  const row = (name: string, { frames, mean, median, p95 }: typeof nobody) =>
    `${name.padEnd(28)} ${String(frames).padStart(5)} frames   mean ${mean.toFixed(1)} ms   median ${median.toFixed(1)} ms   95 % below ${p95.toFixed(1)} ms`;
  const ratios = ({ mean, median, p95 }: ReturnType<typeof ratioTo>) =>
    `mean ${mean.toFixed(3)}, median ${median.toFixed(3)}, 95 % ${p95.toFixed(3)}`;
  console.log(row('nobody watches', nobody));
  console.log(row(`${viewers} viewers, elsewhere`, elsewhere));
  console.log(row(`${viewers} viewers of the terminal`, watched));
  console.log(`ratio to nobody watching      ${ratios(ratio.toNobody)}; held to ${mostRatio}`);
  console.log(`ratio to the bare server      ${ratios(ratio.toElsewhere)}`);
  console.log(
    `pictures per viewer and second: ${rates.watched.toFixed(1)} of the terminal, ${rates.elsewhere.toFixed(1)} of the bare server, of 10; ` +
      `one costs the daemon ${cpuPerPictureMs.toFixed(2)} ms of CPU time`,
  );
}
