/**
 * What a fleet of terminals costs its broker and its hub: `npm run bench:fleet`.
 *
 *     node dist/bench/fleet.js [--fleets 10x1000,100x1000,1000x1000] [--changes 5] [--idle 20] [--json]
 *
 * A fleet is TERMINALSxPEOPLE. Hub, Mosquitto (its default limits) and the terminals are processes of their own on one
 * machine, so what the terminals cost stands beside it: with a CPU each they would be done sooner.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FleetTask, Traffic } from './fleet/party.ts';
import { startBroker } from './sync/broker.ts';
import { makeBenchKeys } from './sync/party.ts';
import { spentBy } from './sync/process.ts';

const { values } = parseArgs({
  options: {
    fleets: { type: 'string', default: '10x1000,100x1000,1000x1000,100x10000,1000x10000' },
    changes: { type: 'string', default: '5' },
    idle: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});

interface Said {
  readonly kind: string;
  readonly version: number;
  readonly changedAtMs: number;
  readonly traffic: Traffic;
  readonly times: readonly number[];
}

/** What one step cost: until when each terminal was there, of whom how much, and what went over the wire. */
interface Row {
  readonly what: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lastMs: number;
  readonly wholeMs: number;
  readonly brokerCpuS: number;
  readonly hubCpuS: number;
  readonly terminalsCpuS: number;
  readonly received: number;
  readonly receivedBytes: number;
  readonly sent: number;
  readonly sentBytes: number;
}

/** More records than this in all are opened in minutes: an empty fleet is then left out. */
const mostFirstRecords = 20_000;
/** As many people change while everybody is away. */
const changedAway = 10;
const workers = 2;

for (const fleet of values.fleets.split(',')) {
  const [terminals = 0, people = 0] = fleet.split('x').map(Number);
  const result = await measure(terminals, people);
  if (values.json) console.log(JSON.stringify(result));
  else print(result);
}

async function measure(terminals: number, people: number) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-bench-fleet-'));
  const broker = await startBroker(folder);
  const started: ChildProcess[] = [];
  const run = (role: string, more: Partial<FleetTask> = {}) => {
    const job: FleetTask = { url: broker.url, folder, people, terminals, from: 0, to: terminals, ...more };
    const child = fork(join(import.meta.dirname, 'fleet', `${role}.js`), [JSON.stringify(job)]);
    started.push(child);
    return child;
  };
  try {
    await makeBenchKeys(folder);
    const load = loadavg()[0]!;
    progress(`${terminals} terminals, ${people} people: the hub publishes …`);
    const hub = run('hub');
    await said(hub, 'published');
    const bounds = Array.from({ length: workers + 1 }, (_, i) => Math.round((terminals * i) / workers));
    const fleet = bounds.slice(1).map((to, i) => run('terminals', { from: bounds[i] as number, to }));
    await Promise.all(fleet.map((one) => said(one, 'ready')));
    const tell = (order: object & { order: string }) =>
      Promise.all(fleet.map((one) => said(one, order.order, () => one.send(order))));
    const change = (n: number) => said(hub, 'changed', () => hub.send({ change: ((n * 7919) % people) + 1 }));

    /** Run `work`, and say what it took: of whom, and how long until the last terminal of all. */
    const cost = async (
      what: string,
      work: () => Promise<{ fromMs: number; atMs: readonly number[] }>,
    ): Promise<Row> => {
      progress(`  ${what} …`);
      const used = async () => {
        const traffic = (await tell({ order: 'count' })).map((one) => one.traffic);
        const sum = (key: keyof Traffic) => traffic.reduce((total, one) => total + one[key], 0);
        const terminalsCpuS = fleet.reduce((total, { pid }) => total + spentBy(pid as number).cpuS, 0);
        const [b, h] = [spentBy(broker.pid), spentBy(hub.pid as number)];
        return {
          ...{ brokerCpuS: b.cpuS, hubCpuS: h.cpuS, terminalsCpuS },
          ...{ received: sum('received'), receivedBytes: sum('receivedBytes') },
          ...{ sent: sum('sent'), sentBytes: sum('sentBytes') },
        };
      };
      const before = await used();
      const { fromMs, atMs } = await work();
      const endMs = performance.timeOrigin + performance.now();
      const after = await used();
      const spent = Object.fromEntries(
        Object.entries(after).map(([key, value]) => [key, value - before[key as keyof typeof before]]),
      ) as typeof after;
      const lateMs = atMs.map((one) => one - fromMs).sort((a, b) => a - b);
      const at = (share: number) => lateMs[Math.min(lateMs.length - 1, Math.floor(share * lateMs.length))] ?? 0;
      return { what, p50Ms: at(0.5), p99Ms: at(0.99), lastMs: lateMs.at(-1) ?? 0, wholeMs: endMs - fromMs, ...spent };
    };
    const opened = async (order: object) => {
      const fromMs = performance.timeOrigin + performance.now();
      return { fromMs, atMs: (await tell({ order: 'open', ...order })).flatMap(({ times }) => times) };
    };
    const followed = async (version: number) =>
      (await tell({ order: 'follow', version } as never)).flatMap(({ times }) => times);

    const rows: Row[] = [];
    if (terminals * people <= mostFirstRecords) {
      rows.push(await cost('all at once, with nothing', () => opened({ empty: true })));
      await tell({ order: 'close' });
    } else await tell({ order: 'first' });
    rows.push(await cost('all come back at once, nothing changed', () => opened({})));
    const changes = Number(values.changes);
    const each: Row[] = [];
    for (let i = 1; i <= changes; i++) {
      const one = await cost(`one change (${i} of ${changes})`, async () => {
        const { version, changedAtMs } = await change(i);
        return { fromMs: changedAtMs, atMs: await followed(version) };
      });
      each.push(one);
    }
    rows.push(meanOf('one change, followed by all', each));
    const idleS = Number(values.idle);
    rows.push(
      await cost(`${idleS} s of nothing`, async () => {
        const fromMs = performance.timeOrigin + performance.now();
        await new Promise((resolve) => setTimeout(resolve, idleS * 1000));
        return { fromMs, atMs: [] };
      }),
    );
    await tell({ order: 'close' });
    for (let i = 1; i <= changedAway; i++) await change(changes + i);
    rows.push(await cost(`all come back at once, ${changedAway} people changed`, () => opened({})));
    const [b, h] = [spentBy(broker.pid), spentBy(hub.pid as number)];
    for (const child of started) child.disconnect();
    await Promise.all(started.map((child) => child.exitCode ?? once(child, 'exit')));
    const memory = { brokerMb: b.rssMb, brokerPeakMb: b.peakMb, hubMb: h.rssMb, hubPeakMb: h.peakMb };
    return { terminals, people, load, rows, memory };
  } finally {
    for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function meanOf(what: string, rows: readonly Row[]): Row {
  const first = rows[0] as Row;
  const mean = (key: keyof Row) => rows.reduce((sum, row) => sum + (row[key] as number), 0) / rows.length;
  return { ...first, ...Object.fromEntries(Object.keys(first).map((key) => [key, mean(key as keyof Row)])), what };
}

function said(child: ChildProcess, kind: string, ask = () => {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const listen = (message: Said) => {
      if (message.kind !== kind) return;
      child.off('message', listen);
      child.off('exit', gone);
      resolve(message);
    };
    const gone = (code: number | null) => reject(new Error(`${child.spawnargs.at(-2)} ended with ${code}`));
    child.on('message', listen);
    child.once('exit', gone);
    ask();
  });
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}

function print({ terminals, people, load, rows, memory }: Awaited<ReturnType<typeof measure>>): void {
  const one = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, load ${one(load)} before`;
  console.log(`\n${terminals} terminals, ${people} people. ${date}, ${machine}.\n`);
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  line(['', 'terminals p50, p99, last', 'CPU broker', 'hub', 'all terminals', 'to terminals', 'from terminals']);
  line(Array(7).fill('---'));
  for (const row of rows) {
    const late = row.lastMs === 0 ? '-' : [row.p50Ms, row.p99Ms, row.lastMs].map((ms) => `${one(ms)} ms`).join(', ');
    const cpu = [row.brokerCpuS, row.hubCpuS, row.terminalsCpuS].map((s) => `${one(s)} s`);
    const way = (messages: number, bytes: number) => `${messages.toFixed(0)}, ${one(bytes / 1e6)} MB`;
    line([row.what, late, ...cpu, way(row.received, row.receivedBytes), way(row.sent, row.sentBytes)]);
  }
  const { brokerMb, brokerPeakMb, hubMb, hubPeakMb } = memory;
  console.log(
    `\nMemory at the end and at most: broker ${one(brokerMb)}, ${one(brokerPeakMb)} MB; hub ${one(hubMb)}, ${one(hubPeakMb)} MB.`,
  );
}
