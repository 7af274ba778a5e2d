import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { Seen } from '../domain/sighting.ts';
import { siblingModule } from '../runtime/package-root.ts';
import { fromWire, type Reply, type Request, type WorkerSettings } from './protocol.ts';
import type { Look, Vision } from './vision.ts';

const shortestPauseMs = 100;
const longestPauseMs = 10_000;
/**
 * What a frame leaves behind is short-lived: with V8's own limit of 48 MB it lies around until there is so much of it,
 * and 25 MB more of memory are used at no gain in speed.
 */
const maxYoungGenerationSizeMb = 4;
/** A worker that has not ended by then is ended. */
const closeWithinMs = 3000;

/**
 * Vision in a worker thread, so that the main thread stays free for camera, door and broker.
 * Frames are transferred, not copied. When the worker dies, the calls under way fail with `vision.failed` and the next
 * call starts a new one, after a pause that doubles with every death until a frame is seen again.
 *
 * @throws LimenError whatever opening the pack or the engine throws in the worker.
 */
export async function openWorkerVision(settings: WorkerSettings): Promise<Vision> {
  const first = await startWorker(settings);
  return new WorkerVision(settings, first);
}

class WorkerVision implements Vision {
  readonly model: string;
  readonly #settings: WorkerSettings;
  #worker: Promise<RunningWorker>;
  #deaths = 0;
  #closing = new AbortController();

  constructor(settings: WorkerSettings, first: RunningWorker) {
    this.#settings = settings;
    this.model = first.model;
    this.#worker = Promise.resolve(first);
  }

  async see(frame: Frame, look: Look = 'full'): Promise<Seen> {
    const worker = await this.#alive();
    const seen = await worker.see(frame, look);
    this.#deaths = 0;
    return seen;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#worker.then(
      (worker) => worker.close(),
      () => {},
    );
  }

  /** The worker in use, or a new one where it is gone; callers at the same moment share the new one. */
  async #alive(): Promise<RunningWorker> {
    this.#refuseWhenClosed();
    const current = this.#worker;
    const worker = await current.catch(() => null);
    if (worker?.alive) return worker;
    if (this.#worker === current) this.#worker = this.#restart();
    return this.#worker;
  }

  async #restart(): Promise<RunningWorker> {
    const pauseMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** this.#deaths);
    this.#deaths += 1;
    await delay(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    this.#refuseWhenClosed();
    return startWorker(this.#settings);
  }

  #refuseWhenClosed(): void {
    if (this.#closing.signal.aborted) throw new LimenError('vision.failed', 'Vision was closed.');
  }
}

interface RunningWorker {
  readonly model: string;
  readonly alive: boolean;
  see(frame: Frame, look: Look): Promise<Seen>;
  close(): Promise<void>;
}

interface PendingCall {
  /** The caller's frame: its bytes are with the worker. */
  readonly frame: Frame;
  resolve(seen: Seen): void;
  reject(error: LimenError): void;
}

/** Start a worker; settles when it is ready to see. */
function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const worker = new Worker(siblingModule(import.meta.url, './worker'), {
    workerData: settings,
    name: 'vision',
    resourceLimits: { maxYoungGenerationSizeMb },
  });
  const pending = new Map<number, PendingCall>();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const send = (request: Request, transfer: ArrayBuffer[] = []) => worker.postMessage(request, transfer);
  let calls = 0;
  let alive = true;

  const die = (error: LimenError) => {
    alive = false;
    for (const call of pending.values()) call.reject(error);
    pending.clear();
  };
  const settle = ({ call, data }: Extract<Reply, { call: number }>): PendingCall | undefined => {
    const waiting = pending.get(call);
    pending.delete(call);
    waiting?.frame.giveBack?.(data);
    return waiting;
  };

  const running = (model: string): RunningWorker => ({
    model,
    get alive() {
      return alive;
    },
    see(frame, look) {
      return new Promise<Seen>((resolve, reject) => {
        const call = calls++;
        pending.set(call, { frame, resolve, reject });
        const owned = ownedFrame(frame);
        send({ kind: 'see', call, frame: owned, look }, [owned.data.buffer as ArrayBuffer]);
      });
    },
    async close() {
      send({ kind: 'close' });
      const patience = new AbortController();
      const late = delay(closeWithinMs, 'late', { signal: patience.signal }).catch(() => 'ended');
      if ((await Promise.race([ended, late])) === 'late') await worker.terminate();
      patience.abort();
    },
  });

  return new Promise((resolve, reject) => {
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'ready') resolve(running(reply.model));
      else if (reply.kind === 'unready') reject(fromWire(reply.error));
      else if (reply.kind === 'seen') settle(reply)?.resolve(reply.seen);
      else settle(reply)?.reject(fromWire(reply.error));
    });
    const onEnd = (reason: string, cause?: unknown) => {
      const hint = 'The next frame starts a new worker; if this repeats, run `limen doctor`.';
      const error = new LimenError('vision.failed', `The vision worker ${reason}.`, { hint, cause });
      die(error);
      reject(error);
    };
    worker.on('error', (cause) => onEnd(`died: ${messageOf(cause)}`, cause));
    worker.on('exit', (code) => onEnd(`ended with code ${code}`));
  });
}

/**
 * The frame over memory that may be handed to another thread. A view into a larger buffer is copied first: Node's
 * small Buffers share one pool, and transferring it would pull the ground from under all of them.
 */
function ownedFrame({ giveBack: _, ...frame }: Frame): Frame {
  const { data } = frame;
  const whole = data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
  return whole ? frame : { ...frame, data: new Uint8Array(data) };
}
