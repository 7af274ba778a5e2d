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
 * Whether viewers of the live picture slow recognition down: `npm run bench:screen [-- --json] [--viewers N]`. Nobody and twenty
 * viewers take turns of five seconds, a minute of each, so that whatever else the machine does weighs on both. The latency is
 * from a frame's capture to what was seen in it, at the screen; the daemon is whole, its viewers are another process. On a machine that is
 * busy otherwise the viewers' process competes for the cores as well: the CPU time beside it is the daemon's alone.
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
const latencies = { nobody: [] as number[], watched: [] as number[] };
/** CPU time of the daemon's process, all its threads, in milliseconds. */
const cpuMs = { nobody: 0, watched: 0 };
let turn: keyof typeof latencies | null = null;
let pictures = 0;
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
  const crowd = fork(join(packageRoot(), 'dist/bench/subjects/viewers.js'), [url, String(viewers)]);
  const stop = new AbortController();
  const running = daemon.run(stop.signal, {
    onSeen: ({ capturedAtMs }) => {
      if (turn !== null) latencies[turn].push(performance.now() - capturedAtMs);
    },
  });
  await delay(turnMs);
  for (let i = 0; i < turns; i++) {
    await take('nobody');
    crowd.send('start');
    await take('watched');
    crowd.send('stop');
    pictures += ((await once(crowd, 'message')) as [number])[0];
  }
  crowd.disconnect();
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
const watched = figures(latencies.watched);
const ratio = {
  mean: watched.mean / nobody.mean,
  median: watched.median / nobody.median,
  p95: watched.p95 / nobody.p95,
};
const cpuPerPictureMs = Math.max(0, cpuMs.watched - cpuMs.nobody) / (pictures * (1 - settlingMs / turnMs));
const perViewerPerS = pictures / viewers / ((turns * turnMs) / 1000);
if (args.includes('--json'))
  console.log(JSON.stringify({ viewers, nobody, watched, ratio, perViewerPerS, cpuPerPictureMs, mostRatio }, null, 2));
else {
  const row = (name: string, f: typeof nobody) =>
    `${name.padEnd(14)} ${String(f.frames).padStart(5)} frames   mean ${f.mean.toFixed(1)} ms   median ${f.median.toFixed(1)} ms   95 % below ${f.p95.toFixed(1)} ms`;
  console.log(row('nobody watches', nobody));
  console.log(row(`${viewers} viewers`, watched));
  console.log(
    `ratio          mean ${ratio.mean.toFixed(3)}, median ${ratio.median.toFixed(3)}, 95 % ${ratio.p95.toFixed(3)}; held to ${mostRatio}`,
  );
  console.log(
    `each viewer got ${perViewerPerS.toFixed(1)} pictures per second of the camera's 10; a picture handed out costs the daemon ${cpuPerPictureMs.toFixed(2)} ms of CPU time`,
  );
}
