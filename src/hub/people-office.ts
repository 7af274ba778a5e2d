import { setTimeout as wait } from 'node:timers/promises';
import { type ErasureReceipts, erasureReceipts } from './erasure-receipts.ts';
import type { Changed, Hub } from './hub.ts';
import type { HubStore } from './hub-store.ts';
import type { PersonChange } from './person-change.ts';
import { changeOfPins } from './pins.ts';
import type { Suspension } from './suspensions.ts';

/** Somebody who is enrolled, without templates and hashes: what a list shows. */
export interface PersonListed {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Once nobody is suspended any more: what holds then. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly suspended: Pick<Suspension, 'since' | 'author' | 'reason'> | null;
  readonly templates: number;
  /** By which embedders they can be known. */
  readonly embedders: readonly string[];
  readonly cards: number;
  readonly pin: boolean;
  /** Gallery version of the newest change. */
  readonly version: number;
}

/** Which people; what is left out does not matter. */
export interface PeopleFilter {
  readonly group?: string | undefined;
  /** In the id or the name, whatever the case. */
  readonly text?: string | undefined;
  readonly suspended?: boolean | undefined;
}

/** Who is enrolled, by id. Reads the books, and needs no broker. */
export async function listPeople(store: HubStore, filter: PeopleFilter = {}): Promise<PersonListed[]> {
  const [people, suspensions] = [await store.people(), await store.suspensions()];
  const wanted = filter.text?.toLowerCase();
  return people
    .map((person): PersonListed => {
      const { id, name, groups, templates, cards = [], pinHash, version } = person;
      const suspension = suspensions.get(id);
      const { validFrom, validUntil } = suspension ?? person;
      return {
        ...{ id, name, groups, validFrom, validUntil, version },
        suspended: suspension === undefined ? null : saidOf(suspension),
        embedders: [...new Set(templates.map(({ model }) => model))],
        ...{ templates: templates.length, cards: cards.length, pin: pinHash !== undefined },
      };
    })
    .filter(({ groups }) => filter.group === undefined || groups.includes(filter.group))
    .filter(({ suspended }) => filter.suspended === undefined || (suspended !== null) === filter.suspended)
    .filter(({ id, name }) => wanted === undefined || `${id}\n${name}`.toLowerCase().includes(wanted));
}

/**
 * Change what somebody has and may, PINs included.
 *
 * @throws LimenError as {@link Hub.change}, and `access.pin-invalid`.
 */
export async function changePerson(
  { hub, store }: { readonly hub: Hub; readonly store: HubStore },
  id: string,
  { pin = null, duressPin = null, ...change }: PersonChange & { pin?: string | null; duressPin?: string | null },
): Promise<Changed> {
  const known = (await store.person(id)) ?? {};
  return hub.change(id, { ...change, ...(await changeOfPins(known, { pin, duressPin })) });
}

/** Who has confirmed an erasure by now, and whether it was published just now; `null` for one that was done before. */
export interface ErasureProgress extends ErasureReceipts {
  readonly published: boolean | null;
}

const lookEveryMs = 250;

/**
 * Erase somebody, or ask again about an erasure, and tell each time that another terminal has confirmed it: until all
 * have, or `signal` aborts. The last word is always told.
 *
 * @throws LimenError `person.unknown`.
 */
export async function* erasePerson(
  { hub, store }: { readonly hub: Hub; readonly store: HubStore },
  id: string,
  { signal, everyMs = lookEveryMs }: { readonly signal: AbortSignal; readonly everyMs?: number },
): AsyncGenerator<ErasureProgress> {
  const before = await erasureReceipts(store.db, id);
  const published = before === null ? (await hub.erase(id)).published : null;
  let told = -1;
  for (;;) {
    const receipts = (await erasureReceipts(store.db, id)) as ErasureReceipts;
    const confirmed = receipts.terminals.filter((one) => one.confirmed).length;
    if (confirmed !== told) yield { ...receipts, published };
    told = confirmed;
    if (confirmed === receipts.terminals.length || signal.aborted) return;
    await wait(everyMs, null, { signal }).catch(() => {});
  }
}

function saidOf({ since, author, reason }: Suspension) {
  return { since, author, reason };
}
