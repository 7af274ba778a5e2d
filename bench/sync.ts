/**
 * How a gallery comes to a terminal, through a real Mosquitto with its default limits: `npm run bench:sync`.
 *
 *     node dist/bench/sync.js [--people 10000,100000] [--changes 200] [--json]
 *
 * Hub, terminal and broker are processes of their own. Beside each first sync stands the same client library receiving
 * the same kept messages and doing nothing with them, in the same run: the machine's own floor.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from './sync/broker.ts';
import { makeBenchKeys, type Task, type Used } from './sync/party.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '10000,100000' },
    changes: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});

type Said = Used & {
  readonly kind: string;
  readonly version: number;
  readonly ms: number;
  readonly inMs: number;
  readonly bytes: number;
  readonly atMs: number;
  readonly changedAtMs: number;
  readonly matchMs: number;
  readonly fileMb: number;
  readonly rssMb: number;
};

const results: Awaited<ReturnType<typeof measure>>[] = [];
for (const people of values.people.split(',').map(Number)) results.push(await measure(people, Number(values.changes)));
if (values.json) console.log(JSON.stringify(results, null, 2));
else print();

async function measure(people: number, changes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-bench-sync-'));
  const broker = await startBroker(folder);
  const started: ChildProcess[] = [];
  const run = (role: string) => {
    const job: Task = { url: broker.url, folder, people };
    const child = fork(join(import.meta.dirname, 'sync', `${role}.js`), [JSON.stringify(job)]);
    started.push(child);
    return child;
  };
  const end = async (child: ChildProcess) => {
    child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
  };
  try {
    await makeBenchKeys(folder);
    const load = loadavg()[0]!;
    const hub = run('hub');
    progress(`${people} people: the hub publishes …`);
    const published = await said(hub, ({ kind }) => kind === 'published');
    progress(`${(published.ms / 1000).toFixed(1)} s; the floor …`);
    const floor = await said(run('raw'), ({ kind }) => kind === 'raw');
    progress(`${(floor.inMs / 1000).toFixed(1)} s; first sync …`);
    const first = run('terminal');
    const synced = await said(first, ({ kind, version }) => kind === 'gallery' && version === people);

    progress(`${(synced.inMs / 1000).toFixed(1)} s; ${changes} changes …`);
    const live: number[] = [];
    let last = synced;
    for (let i = 0; i < changes; i++) {
      const version = people + i + 1;
      const arrived = said(first, (message) => message.kind === 'gallery' && message.version >= version);
      const changed = said(hub, ({ kind }) => kind === 'changed');
      hub.send({ change: ((i * 7919) % people) + 1, live: true });
      last = await arrived;
      live.push(last.atMs - (await changed).changedAtMs);
    }
    const figures = await said(
      first,
      ({ kind }) => kind === 'figures',
      () => first.send('figures'),
    );
    await end(first);
    progress(`median ${at(live, 0.5).toFixed(0)} ms; a month of changes …`);

    // A month: one person in a hundred.
    const month = Math.max(1, Math.round(people / 100));
    for (let i = 0; i < month; i++) {
      const changed = said(hub, ({ kind }) => kind === 'changed');
      hub.send({ change: ((i * 104_729) % people) + 1, live: false });
      await changed;
    }
    progress('the terminal is back …');
    const back = run('terminal');
    const newest = people + changes + month;
    const caughtUp = await said(back, ({ kind, version }) => kind === 'gallery' && version === newest);
    const hubAtEnd = await said(
      hub,
      ({ kind }) => kind === 'published',
      () => hub.send({ change: 1, live: false }),
    );
    await end(back);
    await end(hub);
    return {
      people,
      ...{ load, broker: { peakMb: broker.peakMb() } },
      published: { s: published.ms / 1000, cpuS: published.cpuS, peakMb: published.peakMb },
      floor: { s: floor.inMs / 1000, cpuS: floor.cpuS, mb: floor.bytes / 1e6 },
      firstSync: { s: synced.inMs / 1000, cpuS: synced.cpuS, peakMb: synced.peakMb, mb: synced.bytes / 1e6 },
      live: {
        changes,
        cpuMsEach: (1000 * (last.cpuS - synced.cpuS)) / changes,
        p50Ms: at(live, 0.5),
        p99Ms: at(live, 0.99),
        bytesEach: (last.bytes - synced.bytes) / changes,
      },
      held: { matchMs: figures.matchMs, fileMb: figures.fileMb, rssMb: figures.rssMb, peakMb: figures.peakMb },
      month: { changed: month, s: caughtUp.inMs / 1000, mb: caughtUp.bytes / 1e6, peakMb: caughtUp.peakMb },
      hubPeakMb: hubAtEnd.peakMb,
    };
  } finally {
    for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}

function said(child: ChildProcess, wanted: (message: Said) => boolean, ask = () => {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const listen = (message: Said) => {
      if (!wanted(message)) return;
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

function at(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(share * figures.length))]!;
}

function print(): void {
  const one = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  const date = new Date().toISOString().slice(0, 10);
  console.log(`${date}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}.\n`);
  const row = (what: string, cell: (result: (typeof results)[number]) => string) =>
    console.log(`| ${[what, ...results.map(cell)].join(' | ')} |`);
  row('people', ({ people }) => String(people));
  console.log(`| --- |${' --- |'.repeat(results.length)}`);
  row('load of the machine before', ({ load }) => one(load));
  row('hub publishes everything', ({ published: p }) => `${one(p.s)} s, CPU ${one(p.cpuS)} s`);
  row(
    'floor: the same messages, nothing done',
    ({ floor: f }) => `${one(f.s)} s, CPU ${one(f.cpuS)} s, ${one(f.mb)} MB`,
  );
  row('first sync', ({ firstSync: f }) => `${one(f.s)} s, CPU ${one(f.cpuS)} s, ${one(f.mb)} MB`);
  row(
    'ratio to the floor, wall, CPU',
    ({ firstSync: f, floor }) => `${one(f.s / floor.s)}, ${one(f.cpuS / floor.cpuS)}`,
  );
  row('a change, live, p50, p99', ({ live }) => `${one(live.p50Ms)} ms, ${one(live.p99Ms)} ms`);
  row('CPU of a change, terminal', ({ live }) => `${one(live.cpuMsEach)} ms`);
  row('bytes of a change', ({ live }) => one(live.bytesEach));
  row('after a month (1 % changed)', ({ month: m }) => `${one(m.s)} s, ${one(m.mb)} MB`);
  row('share of a first sync', ({ month: m, firstSync: f }) => `${one((100 * m.mb) / f.mb)} %`);
  row(
    'peak memory: terminal, hub, broker',
    (r) => `${one(r.held.peakMb)}, ${one(r.hubPeakMb)}, ${one(r.broker.peakMb)} MB`,
  );
  row('terminal after the changes: memory, gallery file', ({ held: h }) => `${one(h.rssMb)} MB, ${one(h.fileMb)} MB`);
  row('one match among them', ({ held }) => `${one(held.matchMs)} ms`);
}
