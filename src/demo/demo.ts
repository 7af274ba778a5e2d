import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openCamera } from '../compose.ts';
import type { TerminalConfig } from '../config/schema.ts';
import { hubConfigSchema } from '../config/schema.ts';
import { type Daemon, openDaemon } from '../daemon.ts';
import type { LimenEvent } from '../domain/event.ts';
import { type Guidance, guidanceWords } from '../domain/guidance.ts';
import type { FinalVerdict } from '../domain/verdict.ts';
import { createHubKeys } from '../hub/hub-key-file.ts';
import { type HubDaemon, openHubDaemon } from '../hub-daemon.ts';
import { hubKeyFile } from '../hub-folder.ts';
import { provisionFile } from '../hub-provisioner.ts';
import { Closers } from '../runtime/closers.ts';
import type { Logger } from '../runtime/logger.ts';
import { packageVersion } from '../runtime/package-root.ts';
import { withScreen } from '../terminal-screen.ts';
import type { WatchHooks } from '../terminal-watch.ts';
import { bundledPeople, type DemoClip } from './manifest.ts';
import { arrivalLine, clipLine, lockLine, step, verdictLines, type WriteLine } from './show.ts';
import { type ClipResult, type DemoSummary, judgeClip, summaryLines } from './summary.ts';
import { eventually } from './wait.ts';

export interface DemoOptions {
  /** The demo's terminal, as `config/demo.yaml` describes it; folders, keys and broker are set by the demo. */
  readonly config: TerminalConfig;
  /** Play every clip once instead of going on until `signal` aborts. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly write: WriteLine;
}

/**
 * The whole journey on one machine: an embedded broker, a hub that enrols the bundled people, a terminal with an empty
 * gallery that receives them over MQTT, walk-up clips, a simulated lock. Everything is real but the lock and the camera.
 */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const closers = new Closers();
  const folder = await mkdtemp(join(tmpdir(), 'limen-demo-'));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  try {
    return await play(await setTheStage(options, folder, closers), options);
  } finally {
    await closers.closeAll();
  }
}

interface Stage {
  readonly hub: HubDaemon;
  readonly daemon: Daemon;
  readonly clips: readonly DemoClip[];
  /** What the terminal journalled and what reached the hub, in order. */
  readonly journalled: LimenEvent[];
  readonly arrived: LimenEvent[];
}

async function setTheStage(options: DemoOptions, folder: string, closers: Closers): Promise<Stage> {
  const { log, write, signal } = options;
  const { people, clips } = bundledPeople();
  write(`limen ${packageVersion()}, the demo: people who do not exist walk up to a door that is not there.\n`);

  const hubFolder = join(folder, 'hub');
  await createHubKeys(hubKeyFile(hubFolder));
  const hub = await openHubDaemon({ config: hubConfig(options.config, hubFolder), log });
  closers.add(() => hub.close());
  write(step('broker', `embedded, ${hub.broker?.url}`));

  const enrolStart = performance.now();
  for (const { id, name, pictures } of people) {
    if (signal.aborted) break;
    await hub.hub.enrol({
      id,
      name,
      pictures: await Promise.all(pictures.map(async (file) => ({ name: basename(file), jpeg: await readFile(file) }))),
    });
  }
  const pictureCount = people.reduce((sum, { pictures }) => sum + pictures.length, 0);
  write(
    step(
      'hub',
      `enrolled ${people.length} people from ${pictureCount} pictures in ${seconds(enrolStart)} and published them`,
    ),
  );

  const arrived: LimenEvent[] = [];
  const journalled: LimenEvent[] = [];
  hub.hub.onEvent((event) => {
    arrived.push(event as unknown as LimenEvent);
    write(arrivalLine(event as unknown as LimenEvent));
  });
  const provisioning = join(folder, `${options.config.terminal}.limen`);
  const broker = { url: hub.broker!.url, protocol: '3.1.1' } as const;
  await provisionFile(hub, { terminal: options.config.terminal, broker, out: provisioning });
  const syncStart = performance.now();
  const daemon = await openDaemon({
    config: terminalConfig(options.config, { folder, provisioning }),
    log,
    onEvent: (event) => {
      journalled.push(event);
      const line = lockLine(event);
      if (line !== null) write(line);
    },
  });
  closers.add(() => daemon.close('demo-ended'));
  write(step('terminal', `${options.config.terminal} started with an empty gallery`));
  if (daemon.screen !== null) write(step('screen', `open ${await daemon.screen.url} in a browser on this machine`));
  await eventually(() => daemon.terminal.inForce.gallery.people.size === people.length, { signal, withinMs: 30_000 });
  const { gallery, threshold } = daemon.terminal.inForce;
  write(
    step(
      'gallery',
      `received ${gallery.people.size} people over MQTT, version ${gallery.version}, ${seconds(syncStart)} after its start`,
    ),
  );
  write(
    step('threshold', `at most ${threshold.threshold.toFixed(3)} for ${gallery.rows} templates: ${threshold.basis}`),
  );
  return { hub, daemon, clips, journalled, arrived };
}

async function play(stage: Stage, { once, signal, write }: DemoOptions): Promise<DemoSummary> {
  const results: ClipResult[] = [];
  do {
    for (const clip of stage.clips) {
      if (signal.aborted) break;
      results.push(await playClip(clip, stage, { signal, write }));
    }
  } while (!once && !signal.aborted);
  if (!signal.aborted) await allArrived(stage, signal);
  const summary: DemoSummary = {
    clips: results,
    correct: results.filter((result) => result.correct).length,
    events: { journalled: stage.journalled.length, arrivedAtHub: stage.arrived.length },
    interrupted: signal.aborted,
  };
  for (const line of summaryLines(summary)) write(line);
  return summary;
}

async function playClip(
  clip: DemoClip,
  stage: Stage,
  { signal, write }: Pick<DemoOptions, 'signal' | 'write'>,
): Promise<ClipResult> {
  write(clipLine(clip));
  const verdicts: FinalVerdict[] = [];
  const since = stage.journalled.length;
  let guidance: Guidance | null = null;
  const { screen, terminal } = stage.daemon;
  const camera = await openCamera({ driver: 'replay', folder: clip.folder, fps: clip.fps, loop: false });
  const hooks: WatchHooks = {
    onSeen: (_seen, _track, verdict) => {
      if (verdict?.kind !== 'undecided' || verdict.guidance === null || verdict.guidance === guidance) return;
      guidance = verdict.guidance;
      write(step('guidance', `“${guidanceWords[guidance]}”`));
    },
    onVerdict: (verdict) => {
      verdicts.push(verdict);
      for (const line of verdictLines(verdict)) write(line);
    },
  };
  await terminal.watch(screen?.show(camera) ?? camera, signal, withScreen(screen, hooks));
  // The next person finds the door locked.
  const { door } = stage.daemon.terminal;
  await eventually(() => door === null || door.state !== 'unlocked', { signal, withinMs: 15_000 });
  return judgeClip(clip, verdicts, stage.journalled.slice(since));
}

async function allArrived({ journalled, arrived }: Stage, signal: AbortSignal): Promise<void> {
  await eventually(() => arrived.length >= journalled.length, { signal, withinMs: 10_000 });
}

function hubConfig(demo: TerminalConfig, dataFolder: string) {
  const { pack, engine, quality } = demo.recognition;
  return hubConfigSchema.parse({
    site: demo.site,
    dataFolder,
    broker: { url: 'mqtt://127.0.0.1', embedded: { port: 0 } },
    recognition: { pack, engine, quality },
  });
}

interface Places {
  readonly folder: string;
  readonly provisioning: string;
}

function terminalConfig(demo: TerminalConfig, { folder, provisioning }: Places): TerminalConfig {
  const { broker: _demo, ...rest } = demo;
  return {
    ...rest,
    dataFolder: join(folder, 'terminal'),
    provisioning,
  };
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}
