import { setTimeout as wait } from 'node:timers/promises';
import type { ErasureReceipts } from './erasure-receipts.ts';
import type { Hub } from './hub.ts';
import type { Changed } from './people-desk.ts';

/** Who has confirmed an erasure by now, and whether it was published just now; `null` for one that was done before. */
export interface ErasureProgress extends ErasureReceipts {
  readonly published: boolean | null;
}

/** How long to look for receipts, and how often. */
export interface Watching {
  readonly signal: AbortSignal;
  readonly everyMs?: number;
}

const lookEveryMs = 250;

/**
 * Erase somebody, or ask again about an erasure, and tell each time that another terminal has confirmed it: until all
 * have, or `signal` aborts. The last word is always told.
 *
 * @throws LimenError `person.unknown`.
 */
export function erasePerson(
  hub: Pick<Hub, 'erase' | 'erasureReceipts'>,
  id: string,
  watching: Watching,
): AsyncGenerator<ErasureProgress> {
  return progressOf({ receipts: () => hub.erasureReceipts(id), erase: () => hub.erase(id) }, watching);
}

/**
 * The same for the face alone: card, PIN and all else stay.
 *
 * @throws LimenError `person.unknown`, `person.without-face` for somebody who never had one.
 */
export function forgetFace(
  hub: Pick<Hub, 'forgetFace' | 'faceReceipts'>,
  id: string,
  watching: Watching,
): AsyncGenerator<ErasureProgress> {
  return progressOf({ receipts: () => hub.faceReceipts(id), erase: () => hub.forgetFace(id) }, watching);
}

interface Erasing {
  /** `null` before it was erased. */
  readonly receipts: () => Promise<ErasureReceipts | null>;
  readonly erase: () => Promise<Changed>;
}

async function* progressOf(
  { receipts, erase }: Erasing,
  { signal, everyMs = lookEveryMs }: Watching,
): AsyncGenerator<ErasureProgress> {
  const before = await receipts();
  const published = before === null ? (await erase()).published : null;
  let told = -1;
  for (;;) {
    const now = await receipts();
    // Somebody has enrolled their face anew meanwhile: nothing is left to be confirmed.
    if (now === null) return;
    const confirmed = now.terminals.filter((one) => one.confirmed).length;
    if (confirmed !== told) yield { ...now, published };
    told = confirmed;
    if (confirmed === now.terminals.length || signal.aborted) return;
    await wait(everyMs, null, { signal }).catch(() => {});
  }
}
