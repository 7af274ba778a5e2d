import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../src/runtime/package-root.ts';
import { TestSite } from '../test/support/terminal.ts';
import { until } from '../test/support/wait.ts';

/**
 * The daemon as a whole: start to ready, memory, and the cost of a door with nobody and with somebody in front of it.
 * Run by hand: `npm run bench:daemon [-- --json]`. Each figure is printed beside the limit it is held to; the daemon's own
 * threads and its lock process count, the hub runs elsewhere.
 */

const watchedMs = 20_000;
const clockTicksPerSecond = 100;

interface Usage {
  readonly rssMb: number;
  readonly cpuS: number;
}

function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
  return { rssMb, cpuS: (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond };
}

async function measure(name: string, folder: string, fps: number) {
  const site = new TestSite(mkdtempSync(join(tmpdir(), 'limen-bench-')));
  try {
    await site.startHub();
    await site.enrol('p05');
    const startMs = performance.now();
    const child = site.startTerminal({ camera: { driver: 'replay', folder, fps } });
    await until(() => site.events('terminal.started').length > 0);
    const readyMs = performance.now() - startMs;
    const readyCpuMs = usageOf(child.pid!).cpuS * 1000;
    await until(() => site.events('camera.started').length > 0);
    await delay(3000);
    const before = usageOf(child.pid!);
    await delay(watchedMs);
    const after = usageOf(child.pid!);
    return {
      name,
      readyMs,
      readyCpuMs,
      rssMb: after.rssMb,
      coreShare: (after.cpuS - before.cpuS) / (watchedMs / 1000),
    };
  } finally {
    await site.close();
    rmSync(site.folder, { recursive: true, force: true });
  }
}

const people = join(packageRoot(), 'test/people');
const results = [
  await measure('nobody there, 10 fps', join(people, 'scenes/empty-corridor.jpg'), 10),
  await measure('a stranger there, 10 fps', join(people, 'clips/walkup-s01-stranger'), 10),
];
/** What the product is held to. */
const limits = { readyMs: 3000, rssMb: 250, idleCoreShare: 0.15 };

if (process.argv.includes('--json')) console.log(JSON.stringify({ limits, results }, null, 2));
else {
  for (const { name, readyMs, readyCpuMs, rssMb, coreShare } of results) {
    const of = (value: number, limit: number) => `${(value / limit).toFixed(2)} of the limit`;
    console.log(name);
    console.log(
      `  start to ready  ${(readyMs / 1000).toFixed(2)} s     ${of(readyMs, limits.readyMs)} of 3 s; ${(readyCpuMs / 1000).toFixed(2)} s of it computing`,
    );
    console.log(`  memory (RSS)    ${rssMb.toFixed(0)} MB     ${of(rssMb, limits.rssMb)} of 250 MB`);
    const idle = `${of(coreShare, limits.idleCoreShare)} of 15 % for an idle door`;
    console.log(`  one core        ${(coreShare * 100).toFixed(1)} %     ${idle}`);
  }
}
