import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { syncFolder, writeFailure } from '../runtime/durable-file.ts';
import type { PackFile } from '../vision/network-manifest.ts';
import { type OpenedBody, openBody } from './open-body.ts';

/** One file to be fetched. */
export interface FetchRequest {
  readonly url: string;
  /** Where it will be. Until it is whole and verified it is called `TO.part`, which a later call goes on with. */
  readonly to: string;
  readonly expected: PackFile;
  readonly signal: AbortSignal;
  /** Called with the bytes that are there. */
  readonly onProgress?: (bytes: number) => void;
  /** A server that sends nothing for this long is given up. Default 30 s. */
  readonly silenceMs?: number;
  /** Pause before the first new attempt after a cut, doubled each time nothing came. Default 1 s. */
  readonly pauseMs?: number;
}

/** Attempts in a row that bring not one byte. */
const mostFruitless = 3;

/**
 * Fetch a file whose content is known beforehand. A cut connection is taken up again where it broke, in this call or
 * in a later one; a server that knows no ranges starts over. What arrives gets its name only once its sha256 is right:
 * anything else is removed.
 *
 * @throws LimenError `pack.unreachable` when the server cannot be reached or the signal aborts (what has arrived stays),
 *   `pack.missing` when it has no such file, `pack.tampered` when the file is another one, `disk.full`, `file.unwritable`.
 */
export async function fetchFile(request: FetchRequest): Promise<void> {
  const part = `${request.to}.part`;
  try {
    await assertRoom(request, part);
    // What an earlier call left may be damaged, or of another file: then once more, from nothing.
    const goesOn = (await sizeOf(part)) > 0;
    await complete(request, part);
    if (goesOn && (await sha256Of(part)) !== request.expected.sha256) {
      await rm(part);
      await complete(request, part);
    }
    await adopt(request, part);
  } catch (error) {
    if (isLimenError(error, 'pack.tampered')) await rm(part, { force: true });
    throw isLimenError(error) ? error : writeFailure(part, error);
  }
}

/** Bring `part` to its full size, over as many connections as it takes. */
async function complete(request: FetchRequest, part: string): Promise<void> {
  const { url, expected, signal, silenceMs = 30_000, pauseMs = 1000 } = request;
  for (let fruitless = 0; ; ) {
    const before = await sizeOf(part);
    if (before === expected.bytes) return;
    if (before > expected.bytes) await rm(part);
    try {
      const from = before > expected.bytes ? 0 : before;
      await append(await openBody({ url, from, bytes: expected.bytes, signal, silenceMs }), part, request);
    } catch (error) {
      if (!isLimenError(error, 'pack.unreachable') || signal.aborted) throw error;
      fruitless = (await sizeOf(part)) > before ? 0 : fruitless + 1;
      if (fruitless >= mostFruitless) throw error;
      await delay(pauseMs * 2 ** Math.max(0, fruitless - 1), undefined, { signal }).catch(() => {});
    }
  }
}

async function append({ body, from }: OpenedBody, part: string, request: FetchRequest): Promise<void> {
  const { expected, onProgress } = request;
  const file = await open(part, from === 0 ? 'w' : 'a');
  let bytes = from;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > expected.bytes) throw otherFile(request, 'it is larger');
      await file.writeFile(chunk);
      onProgress?.(bytes);
    }
  } finally {
    await file.sync();
    await file.close();
  }
  if (bytes < expected.bytes) throw new LimenError('pack.unreachable', `The connection for ${request.url} broke.`);
}

/** Give the whole file its name, if it is the right one. */
async function adopt(request: FetchRequest, part: string): Promise<void> {
  if ((await sha256Of(part)) !== request.expected.sha256) throw otherFile(request, 'its sha256 is another');
  await rename(part, request.to);
  await syncFolder(dirname(request.to));
}

function otherFile({ url, expected }: FetchRequest, how: string): LimenError {
  return new LimenError('pack.tampered', `${url} is not the ${expected.file} that limen knows: ${how}.`, {
    hint: 'It was removed and not used. Somebody changed it there, or something on the way did; try another network, or copy the file by hand: --from FOLDER.',
  });
}

async function assertRoom({ expected, to }: FetchRequest, part: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(to));
  const missing = expected.bytes - (await sizeOf(part));
  if (bavail * bsize >= missing) return;
  throw new LimenError(
    'disk.full',
    `${basename(to)} needs ${megabytes(missing)}, and ${dirname(to)} has ${megabytes(bavail * bsize)} left.`,
    { hint: 'Free some space on this disk, or put the pack elsewhere with --to FOLDER.' },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw new LimenError('file.unreadable', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
