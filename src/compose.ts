import { dirname, join } from 'node:path';
import type { MeasuredGlimpses } from './access/full-look.ts';
import type { LearnedProjection } from './adapt/adapt.ts';
import type { Camera } from './camera/camera.ts';
import type { PayrollConfig } from './config/payroll-schema.ts';
import type { ReaderConfig } from './config/reader-schema.ts';
import type { RecognitionConfig } from './config/recognition-schema.ts';
import type { CameraConfig, DoorConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import { LimenError } from './domain/errors.ts';
import type { Report } from './domain/event.ts';
import type { Door, Passage } from './door/door.ts';
import type { LockOptions } from './door/line-lock.ts';
import { type LockServiceOptions, reachLockService } from './door/lock-service.ts';
import { doorFolder, startLockProcess } from './door/lock-spawn.ts';
import { openWiredDoor } from './door/wired-door.ts';
import type { Engine, OpenEngine } from './engine/engine.ts';
import { loadAtRestKey } from './gallery/at-rest-key.ts';
import type { GalleryStore, StoredGallery } from './gallery/gallery-store.ts';
import type { VisitorStore } from './gallery/visitors.ts';
import type { SimulatedGpioOptions } from './gpio/simulated.ts';
import type { PayrollTarget } from './payroll/target.ts';
import type { Reader } from './reader/reader.ts';
import { previousOf } from './runtime/durable-file.ts';
import { isThere } from './runtime/is-there.ts';
import { siblingModule } from './runtime/package-root.ts';
import { readSecretFile } from './runtime/secrets.ts';
import type { AttentionOptions } from './vision/attention.ts';
import { firstDimensionsOf } from './vision/embedder-manifest.ts';
import { loadPack, type Pack } from './vision/pack.ts';
import { projectedVision } from './vision/projected-vision.ts';
import type { Vision } from './vision/vision.ts';
import { openWorkerVision } from './vision/worker-vision.ts';

/**
 * The only file that names concrete drivers. Each is imported when its turn comes, so that a terminal never loads
 * what its config does not ask for.
 */

/** The camera that a config names. It is opened when its frames are asked for. */
export async function openCamera(config: CameraConfig): Promise<Camera> {
  switch (config.driver) {
    case 'replay':
      return (await import('./camera/replay.ts')).replayCamera(config);
    case 'v4l2':
      return (await import('./camera/v4l2.ts')).v4l2Camera(config);
    case 'node-webcam':
      return (await import('./camera/node-webcam.ts')).nodeWebcamCamera(config);
  }
}

/** The payroll that a config names. @throws LimenError for a secret that cannot be read, or is none. */
export async function openPayroll(config: PayrollConfig): Promise<PayrollTarget> {
  switch (config.driver) {
    case 'frappe':
      return (await import('./payroll/frappe.ts')).frappe({
        ...config,
        token: readSecretFile(config.tokenFile).trim(),
      });
    case 'webhook':
      return (await import('./payroll/webhook.ts')).webhook({
        ...{ ...config, nowMs: Date.now },
        secrets: readSecretFile(config.secretFile),
      });
  }
}

/** The card reader or keypad that a config names. It is opened when its lines are asked for. */
export async function openReader(config: ReaderConfig, dataFolder: string): Promise<Reader> {
  switch (config.driver) {
    case 'serial':
      return (await import('./reader/serial.ts')).serialReader(config);
    case 'hid':
      return (await import('./reader/hid.ts')).hidReader(config);
    case 'fifo':
      return (await import('./reader/fifo.ts')).fifoReader(config);
    case 'simulated':
      return (await import('./reader/simulated.ts')).simulatedReader({
        file: join(dataFolder, 'simulated-reader.txt'),
      });
  }
}

/** Every engine driver, by the name a config uses. */
export const engineNames = [
  'onnxruntime-node',
  'onnxruntime-web',
  'tfjs',
] as const satisfies readonly RecognitionConfig['engine'][];

function engineModule(name: RecognitionConfig['engine']): URL {
  return siblingModule(import.meta.url, `./engine/${name}`);
}

/** Open an engine in this thread. @throws LimenError `engine.missing` when it cannot be loaded. */
export async function openEngineByName(name: RecognitionConfig['engine']): Promise<Engine> {
  const driver: { openEngine: OpenEngine } = await import(engineModule(name).href);
  return driver.openEngine();
}

/** A pack, and what a site has learned on top of its embedder. */
export interface Recognition {
  /** Its calibration is that of the projection where there is one. */
  readonly pack: Pack;
  readonly projection: LearnedProjection | null;
}

/**
 * What a config recognises people by.
 *
 * @throws LimenError `pack.*`, `file.*` for the projection, `template.foreign-embedder` when it is for another embedder.
 */
export async function loadRecognition(recognition: RecognisesBy): Promise<Recognition> {
  const pack = await loadPack(recognition.pack);
  if (recognition.projection === undefined) return { pack, projection: null };
  const { readProjection } = await import('./adapt/projection-file.ts');
  const projection = await readProjection(recognition.projection);
  if (projection.base !== pack.embedder.id) {
    throw new LimenError(
      'template.foreign-embedder',
      `The projection ${recognition.projection} was learned for ${projection.base}, and the pack has ${pack.embedder.id}.`,
      { hint: 'Learn it again with `limen adapt`, or remove recognition.projection.' },
    );
  }
  return { pack: { ...pack, calibration: projection.calibration }, projection };
}

type RecognisesBy = Pick<RecognitionConfig, 'pack' | 'projection'>;

/** Vision with what it recognises by; the caller closes it. */
export interface OpenedVision extends Recognition {
  readonly vision: Vision;
  /** Its lighter look; `null` where the pack has none, nobody has measured it, or a projection has no place for it. */
  readonly glimpses: MeasuredGlimpses | null;
}

/**
 * Vision by a config: in a worker thread for a daemon, in place for a command that looks at a few pictures.
 * With `attention`, pictures of a camera before which nothing moves are left out.
 *
 * @throws LimenError `engine.*`, and as {@link loadRecognition}.
 */
export async function openVision(
  recognition: Pick<RecognitionConfig, 'engine' | 'quality'> & RecognisesBy,
  { worker = true, ...more }: { worker?: boolean; attention?: AttentionOptions } = {},
): Promise<OpenedVision> {
  const packs = [recognition.pack].flat();
  const { pack, projection } = await loadRecognition(recognition);
  const { quality } = recognition;
  const vision = worker
    ? await openWorkerVision({ packs, engineModule: engineModule(recognition.engine).href, quality, ...more })
    : await (await import('./vision/see.ts')).createVision({
        pack,
        engine: await openEngineByName(recognition.engine),
        quality,
        ...more,
      });
  if (projection !== null) return { vision: projectedVision(vision, projection), pack, projection, glimpses: null };
  return { vision, pack, projection, glimpses: measuredGlimpsesOf(pack) };
}

/** The lighter look of a pack, where it has one and somebody has measured it. */
export function measuredGlimpsesOf({ embedder, glimpseCalibration }: Pack): MeasuredGlimpses | null {
  if (embedder.glimpse === undefined || glimpseCalibration === null) return null;
  const space = { id: embedder.glimpse.id, base: embedder.id, dimensions: firstDimensionsOf(embedder) };
  return { space, calibration: glimpseCalibration };
}

/** The file in a data folder that holds the gallery. */
export function galleryFileIn(dataFolder: string): string {
  return join(dataFolder, 'gallery.json');
}

/**
 * Where a terminal keeps its gallery: a file in its data folder, encrypted with a key of this device. The key is made
 * at the first start; commands that only look open the store with `makeKey: false`.
 */
export async function openGalleryStore(
  dataFolder: string,
  { makeKey = true }: { makeKey?: boolean } = {},
): Promise<GalleryStore> {
  const key = await loadAtRestKey({ file: join(dataFolder, 'gallery.key'), create: makeKey });
  const { LowdbGalleryStore } = await import('./gallery/lowdb-store.ts');
  return new LowdbGalleryStore({ file: galleryFileIn(dataFolder), key });
}

/** The gallery that a terminal has on its disk, without changing anything there; `null` when it has none yet. */
export async function readStoredGallery(dataFolder: string): Promise<StoredGallery | null> {
  const file = galleryFileIn(dataFolder);
  if (!isThere(file) && !isThere(previousOf(file))) return null;
  return (await openGalleryStore(dataFolder, { makeKey: false })).read();
}

/** The file in a data folder that holds the faces of unknown visitors, where a site keeps those. */
export function visitorFileIn(dataFolder: string): string {
  return join(dataFolder, 'visitors.db');
}

/** Open the visitors of a terminal, encrypted with the key of its gallery. @throws LimenError as `openVisitorStore` does. */
export async function openVisitorStoreIn(dataFolder: string): Promise<VisitorStore> {
  const key = await loadAtRestKey({ file: join(dataFolder, 'gallery.key'), create: false });
  const { openVisitorStore } = await import('./gallery/visitors.ts');
  return openVisitorStore({ file: visitorFileIn(dataFolder), key });
}

/** What a door is opened with, besides its config. */
export interface DoorSurroundings {
  readonly dataFolder: string;
  readonly report: Report;
  readonly clock: Clock;
  readonly onPassed?: (passage: Passage) => void;
}

/** The door that a config names: its lock process runs, and the line is at rest, when this returns. */
export async function openConfiguredDoor(config: DoorConfig, around: DoorSurroundings): Promise<Door> {
  const { extendedPulseMs = config.longestPulseMs } = config;
  const service = lockServiceOf(config, around.dataFolder);
  const { driver, driverOptions } = service.terms.lock;
  return openWiredDoor({
    gpio: { driver, driverOptions },
    inputs: onChip(config.inputs, config),
    outputs: onChip(config.outputs, config),
    settings: { ...config, extendedPulseMs, hasContact: config.inputs.contact !== undefined },
    reach: () =>
      config.lockProcess === 'service'
        ? reachLockService(service)
        : startLockProcess({ ...service.terms, folder: doorFolder(around.dataFolder) }),
    lockdownFile: join(around.dataFolder, 'lockdown.json'),
    report: around.report,
    clock: around.clock,
    ...(around.onPassed && { onPassed: around.onPassed }),
  });
}

/** Lines that name no chip are on that of their section. */
export function onChip<T extends { readonly chipLabel?: string | undefined }>(
  lines: Readonly<Record<string, T | undefined>>,
  { chipLabel }: { readonly chipLabel: string },
): Record<string, T & { readonly chipLabel: string }> {
  const there = Object.entries(lines).flatMap(([name, line]) =>
    line === undefined ? [] : [[name, { ...line, chipLabel: line.chipLabel ?? chipLabel }] as const],
  );
  return Object.fromEntries(there);
}

/** How long the daemon may say nothing while the door can be opened. */
const silenceMs = 2000;

/** Where the lock service of a config listens, and what a lock process is held to, whoever runs it. */
export function lockServiceOf(config: DoorConfig, dataFolder: string): LockServiceOptions {
  const { longestPulseMs, longestHoldMs, lockSocket } = config;
  return {
    socketPath: lockSocket,
    terms: { lock: lockOf(config, dataFolder), longestPulseMs, longestHoldMs, silenceMs },
  };
}

/** The lock that a config names, as its process is told. Only "simulated" may leave the line out. */
export function lockOf(config: DoorConfig, dataFolder: string): Omit<LockOptions, 'restFile'> {
  const { driver, wiring, chipLabel, line = 0, activeLow } = config;
  return {
    driver: gpioModule(driver).href,
    driverOptions: driver === 'simulated' ? simulatedGpio(config, dataFolder) : {},
    line: { chipLabel, line, activeLow },
    wiring,
  };
}

/** Every GPIO driver is a module of its own, which the lock process imports too. */
export function gpioModule(driver: DoorConfig['driver']): URL {
  return siblingModule(import.meta.url, `./gpio/${driver}`);
}

/** Where the lines of a simulated door are: the lock's own has a name of its own, the others are in a folder. */
function simulatedGpio(
  { chipLabel, line = 0, lockProcess, lockSocket }: DoorConfig,
  dataFolder: string,
): SimulatedGpioOptions {
  // The lock service may not write to the daemon's folder.
  const levelFile = simulatedLevelFile(lockProcess === 'service' ? dirname(lockSocket) : dataFolder);
  return { folder: simulatedGpioFolder(dataFolder), files: { [`${chipLabel}-${line}`]: levelFile } };
}

/** Where simulated lines are files. */
export function simulatedGpioFolder(dataFolder: string): string {
  return join(dataFolder, 'simulated-gpio');
}

/** Where a simulated lock keeps its level: one character, `1` while the relay is energised (or `0`, when active low). */
export function simulatedLevelFile(folder: string): string {
  return join(folder, 'simulated-lock.level');
}
