import { readFile, statfs } from 'node:fs/promises';
import { freemem, loadavg, totalmem, uptime } from 'node:os';
import type { Clock } from './domain/clock.ts';
import type { Journal } from './journal/journal.ts';
import type { JourneyFigures } from './journey-figures.ts';
import { packageVersion } from './runtime/package-root.ts';
import type { RecentTrouble } from './runtime/recent-trouble.ts';
import type { JsonValue } from './sync/command-judge.ts';
import type { Diagnosis, Vitals } from './sync/diagnosis.ts';
import type { Terminal } from './terminal.ts';

/** What the health of a terminal is read from. */
export interface HealthOptions {
  readonly terminal: Terminal;
  readonly journal: Pick<Journal, 'lastSeq' | 'acknowledgedSeq'>;
  readonly clock: Clock;
  readonly pack: string;
  readonly dataFolder: string;
  /** How long the picture now being looked at has been looked at, ms. */
  readonly lookingForMs: () => number;
  readonly figures: JourneyFigures;
  /** What the log said last that should not have happened. */
  readonly trouble: Pick<RecentTrouble, 'lines'>;
}

const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);

/** The few numbers that go with every status. */
export async function terminalVitals({
  figures,
  dataFolder,
}: Pick<HealthOptions, 'figures' | 'dataFolder'>): Promise<Vitals> {
  const { perSecond, droppedPerSecond } = figures.frames;
  const { total, ...stages } = figures.latency;
  return {
    framesPerSecond: perSecond,
    droppedPerSecond,
    latencyMs: total?.p95Ms ?? null,
    temperatureC: await temperatureC(),
    diskFreeMb: await diskFreeMb(dataFolder),
    stagesMs: Object.fromEntries(Object.entries(stages).map(([stage, { p95Ms }]) => [stage, p95Ms])),
  };
}

/** How a terminal is right now, for whoever has to decide whether to drive there. Names nobody. */
export async function terminalHealth(options: HealthOptions): Promise<Record<string, JsonValue>> {
  const { terminal, journal, clock, dataFolder, figures } = options;
  const { gallery, threshold } = terminal.inForce;
  return {
    software: packageVersion(),
    node: process.version,
    upSeconds: Math.round(process.uptime()),
    machineUpSeconds: Math.round(uptime()),
    time: clock.now().toISOString(),
    clock: clock.quality(),
    memoryMb: mb(process.memoryUsage.rss()),
    machineMemoryMb: { free: mb(freemem()), total: mb(totalmem()) },
    load: loadavg().map((value) => Math.round(value * 100) / 100),
    temperatureC: await temperatureC(),
    diskFreeMb: await diskFreeMb(dataFolder),
    pack: options.pack,
    lookingForMs: Math.round(options.lookingForMs()),
    gallery: { version: gallery.version, people: gallery.people.size, threshold: threshold.threshold },
    journal: { lastSeq: journal.lastSeq, acknowledgedSeq: journal.acknowledgedSeq },
    door: terminal.door === null ? null : { ...terminal.door.status, alarms: [...terminal.door.status.alarms] },
    frames: figures.frames,
    latency: figures.latency,
    verdicts: figures.verdicts,
    log: options.trouble.lines.map((line) => ({ ...line })),
  } satisfies Diagnosis as Record<string, JsonValue>;
}

/** The processor's, as Linux tells it on a Pi or a Jetson; `null` on a machine that does not. */
async function temperatureC(): Promise<number | null> {
  const text = await readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').catch(() => '');
  return /^\d+\s*$/.test(text) ? Number(text) / 1000 : null;
}

async function diskFreeMb(folder: string): Promise<number | null> {
  const stats = await statfs(folder).catch(() => null);
  return stats === null ? null : mb(stats.bavail * stats.bsize);
}
