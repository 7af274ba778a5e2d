import { createHash } from 'node:crypto';
import type { EventKind, LimenEvent } from '../domain/event.ts';

/** `previousHash` of a row that starts a chain. */
export const genesisHash = '0'.repeat(64);

/** An event before its hash. */
export type Unsealed<K extends EventKind = EventKind> = Omit<LimenEvent<K>, 'hash'>;

/** Where a chain stands: what the next row has to follow from. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first row of a new journal. */
export const chainStart: ChainEnd = { seq: 0, hash: genesisHash };

/**
 * JSON in one form only, so that the same value always has the same bytes: members sorted by the UTF-16 code units of
 * their names, no white space, numbers and strings as ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme).
 * What JSON cannot say becomes what `JSON.stringify` makes of it: NaN and infinities are null, undefined members absent.
 */
export function canonicalJson(value: unknown): string {
  return (isInOrder(value) ? JSON.stringify(value) : canonical(value)) ?? 'null';
}

/**
 * Whether JSON.stringify, which goes by the order in which members were made, writes the one form. What was read from a
 * journal or a message is in order mostly, and a hub asks this of every event of every terminal.
 */
function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  if ('toJSON' in value) return false;
  let before = '';
  for (const name of Object.keys(value)) {
    if (name < before || !isInOrder((value as Record<string, unknown>)[name])) return false;
    before = name;
  }
  return true;
}

function canonical(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(value.toJSON());
  if (Array.isArray(value)) return `[${Array.from(value, (one) => canonical(one) ?? 'null').join(',')}]`;
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = canonical((value as Record<string, unknown>)[name]);
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${member}`;
  }
  return `{${members}}`;
}

/** SHA-256 (hex) over the canonical JSON of every field but `hash`; `previousHash` among them makes the chain. */
export function hashOf({ seq, id, terminal, at, clock, kind, body, previousHash }: Unsealed): string {
  const row = canonicalJson({ at, body, clock, id, kind, previousHash, seq, terminal });
  return createHash('sha256').update(row).digest('hex');
}

/**
 * True for the row that a terminal writes first after it has lost a journal (a damaged disk). It follows from nothing,
 * and its `seq` is above every number the lost journal can have used, so there is a hole before it that will never be
 * filled. Whoever collects events waits for those up to the body's `keptUpTo`, then goes on counting from here, and
 * tells about the hole.
 */
export function startsAnew(event: { readonly kind: string; readonly previousHash: string }): boolean {
  return event.kind === 'journal.recovered' && event.previousHash === genesisHash;
}

/** True when `event` is the next row after `before` and nothing in it was changed. */
export function follows(before: ChainEnd, event: LimenEvent): boolean {
  const inOrder = event.seq === before.seq + 1 && event.previousHash === before.hash;
  return (inOrder || (startsAnew(event) && event.seq > before.seq)) && hashOf(event) === event.hash;
}
