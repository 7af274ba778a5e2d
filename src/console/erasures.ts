import { type ErasureProgress, erasePerson, forgetFace } from '../hub/erase-people.ts';
import type { Erasure } from './answers/people.ts';
import type { Desk } from './desk.ts';

/** Receipts that come later than this are seen by asking again. */
const patienceMs = 15 * 60_000;
const everyMs = 500;

/**
 * Erase somebody, or look again at an erasure: what is known at once. Every receipt that arrives afterwards is told to
 * all browsers.
 *
 * @throws LimenError `person.unknown`.
 */
export function erase(desk: Desk, id: string): Promise<Erasure> {
  return begun(desk, id, erasePerson(desk.hub, id, { signal: patience(desk), everyMs }));
}

/** The same for the face alone. @throws LimenError `person.unknown`, `person.without-face`. */
export function eraseFace(desk: Desk, id: string): Promise<Erasure> {
  return begun(desk, id, forgetFace(desk.hub, id, { signal: patience(desk), everyMs }));
}

function patience({ closing }: Desk): AbortSignal {
  // Held by its timer: AbortSignal.timeout, which only `any` would know of, is collected as garbage on Node 20.
  const late = new AbortController();
  setTimeout(() => late.abort(), patienceMs).unref();
  return AbortSignal.any([closing, late.signal]);
}

async function begun(desk: Desk, id: string, progress: AsyncGenerator<ErasureProgress>): Promise<Erasure> {
  const first = (await progress.next()).value as ErasureProgress;
  // A database that goes away meanwhile ends the telling; the receipts are in the books all the same.
  tellOn(desk, id, progress).catch(() => {});
  return told(id, first);
}

async function tellOn(desk: Desk, id: string, progress: AsyncGenerator<ErasureProgress>): Promise<void> {
  for await (const more of progress) desk.live.tell({ type: 'erasure', erasure: told(id, more) });
}

function told(id: string, { version, terminals }: ErasureProgress): Erasure {
  return { id, version, terminals: terminals.map((one) => ({ ...one })) };
}
