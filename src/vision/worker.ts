import { parentPort, workerData } from 'node:worker_threads';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { OpenEngine } from '../engine/engine.ts';
import { loadPack } from './pack.ts';
import { type Reply, type Request, toWire, type WorkerSettings } from './protocol.ts';
import { createVision } from './see.ts';
import type { Vision } from './vision.ts';

/** The far side of `worker-vision.ts`: opens a vision of its own and answers calls until it is told to close. */
const port = parentPort;
if (!port) throw new LimenError('internal', 'worker.ts runs as a worker thread only.');
const reply = (message: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

try {
  const vision = await openVision(workerData as WorkerSettings);
  port.on('message', (request: Request) => (request.kind === 'see' ? see(vision, request) : close(vision)));
  reply({ kind: 'ready', model: vision.model });
} catch (error) {
  reply({ kind: 'unready', error: toWire(error) });
  port.close();
}

async function openVision(settings: WorkerSettings): Promise<Vision> {
  const [pack, openEngine] = [await loadPack(settings.packs), await driverAt(settings.engineModule)];
  return createVision({ ...settings, pack, engine: await openEngine(settings.engineOptions) });
}

async function driverAt(url: string): Promise<OpenEngine> {
  const driver = (await import(url).catch((cause: unknown) => {
    throw new LimenError('engine.missing', `The engine's module does not load: ${messageOf(cause)}`, { cause });
  })) as { openEngine?: OpenEngine };
  if (driver.openEngine) return driver.openEngine;
  throw new LimenError('engine.missing', `${url} is no engine driver: it exports no openEngine.`);
}

async function see(vision: Vision, { call, frame, look }: Extract<Request, { kind: 'see' }>): Promise<void> {
  const { data } = frame;
  try {
    reply({ kind: 'seen', call, seen: await vision.see(frame, look), data }, [data.buffer as ArrayBuffer]);
  } catch (error) {
    reply({ kind: 'failed', call, error: toWire(error), data }, [data.buffer as ArrayBuffer]);
  }
}

/** Closing the port lets the thread end by itself: native code dislikes being cut off. */
async function close(vision: Vision): Promise<void> {
  await vision.close().finally(() => port?.close());
}
