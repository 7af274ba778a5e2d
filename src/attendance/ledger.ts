import type { Approvable, Entry, Facts, Punch } from './facts.ts';

/** The books after everything that was said about them. */
export interface Ledger {
  /** What counts, in the order of time. */
  readonly punches: readonly LedgerPunch[];
  /** What was voided, and by which entry. */
  readonly voided: readonly { readonly punch: Punch; readonly by: Entry }[];
  readonly leave: readonly Extract<Entry, { kind: 'leave' }>[];
  readonly approvals: readonly Extract<Entry, { kind: 'approve' }>[];
  /** From which day on somebody is in which groups, in the order of saying. */
  readonly moves: readonly Extract<Entry, { kind: 'groups' }>[];
  /** Corrections of a punch that does not count. */
  readonly dangling: readonly Dangling[];
}

/** A correction that does nothing, and the punch that it is about, where that is known. */
export interface Dangling {
  readonly entry: Extract<Entry, { kind: 'void' | 'move' | 'recode' }>;
  readonly punch: Punch | null;
}

/** A punch with the entries that made it what it is. */
export interface LedgerPunch extends Punch {
  readonly changedBy: readonly Entry[];
}

/**
 * Apply entries to punches. Only what there is counts, never the order in which it came: each punch and entry once,
 * entries in the order of their ids. A reversed entry is as if it had never been said; so is a reversal that was reversed.
 */
export function ledgerOf({ punches, entries }: Facts): Ledger {
  const said = inForce(entries);
  const all = new Map<string, LedgerPunch>();
  for (const punch of punches) all.set(punch.id, { ...punch, changedBy: [] });
  const voided: Ledger['voided'][number][] = [];
  const dangling: Dangling[] = [];
  for (const entry of said) {
    if (entry.kind === 'add') all.set(entry.id, added(entry));
    if (entry.kind !== 'void' && entry.kind !== 'move' && entry.kind !== 'recode') continue;
    const punch = all.get(entry.punch);
    if (punch === undefined) dangling.push({ entry, punch: goneOf(entry.punch, { voided, entries }) });
    else if (entry.kind === 'void') {
      voided.push({ punch, by: entry });
      all.delete(entry.punch);
    } else all.set(entry.punch, changed(punch, entry));
  }
  return {
    punches: [...all.values()].sort(byTime),
    voided,
    leave: said.filter((entry) => entry.kind === 'leave'),
    approvals: said.filter((entry) => entry.kind === 'approve'),
    moves: said.filter((entry) => entry.kind === 'groups'),
    dangling,
  };
}

/** From which day on people are in which groups, in the order of saying, without what was taken back. */
export function movesIn(entries: readonly Entry[]): Extract<Entry, { kind: 'groups' }>[] {
  return inForce(entries).filter((entry) => entry.kind === 'groups');
}

/** Whether somebody said that something on a day may count. */
export function isApproved({ approvals }: Ledger, about: { personId: string; day: string; what: Approvable }): boolean {
  return approvals.some(
    ({ personId, day, what }) => personId === about.personId && day === about.day && what === about.what,
  );
}

/** Something that was said and may be taken back; where it is a reversal, `entry` is what it takes back. */
export interface Reversible {
  readonly id: string;
  readonly kind: string;
  readonly entry?: string;
}

/** What was said and not taken back. Newest first, so that a reversal is judged before what it reverses. */
export function inForce<T extends Reversible>(said: readonly T[]): T[] {
  const byId = new Map(said.map((entry) => [entry.id, entry]));
  const inOrder = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const reversed = new Set<string>();
  for (const entry of inOrder.toReversed()) {
    if (entry.kind !== 'reverse' || entry.entry === undefined || reversed.has(entry.id)) continue;
    const about = byId.get(entry.entry);
    if (about !== undefined && about.id < entry.id) reversed.add(about.id);
  }
  return inOrder.filter(({ id }) => !reversed.has(id));
}

/** A punch that was voided before, or was added by an entry that was taken back. */
function goneOf(id: string, { voided, entries }: Pick<Ledger, 'voided'> & Pick<Facts, 'entries'>): Punch | null {
  const gone = voided.find(({ punch }) => punch.id === id);
  if (gone !== undefined) return gone.punch;
  const entry = entries.find((one) => one.id === id);
  return entry?.kind === 'add' ? added(entry) : null;
}

function added(entry: Extract<Entry, { kind: 'add' }>): LedgerPunch {
  const { id, personId, at, code, work, site, recordedAt } = entry;
  const what = { id, personId, at, code, site, recordedAt, ...(work !== undefined && { work }) };
  return { ...what, clock: 'synced', terminal: null, changedBy: [entry] };
}

function changed(punch: LedgerPunch, entry: Extract<Entry, { kind: 'move' | 'recode' }>): LedgerPunch {
  const changedBy = [...punch.changedBy, entry];
  if (entry.kind === 'recode') return { ...punch, code: entry.code, changedBy };
  return { ...punch, corrected: { at: entry.at, reason: entry.reason }, changedBy };
}

/** By time; two of one instant by terminal and number, so that the order is the same on every machine. */
function byTime(a: Punch, b: Punch): number {
  const times = Date.parse(a.corrected?.at ?? a.at) - Date.parse(b.corrected?.at ?? b.at);
  return times !== 0 ? times : comparable(a.id) < comparable(b.id) ? -1 : 1;
}

/** `door-1:7` before `door-1:10`. */
function comparable(id: string): string {
  return id.replace(/\d+$/, (digits) => digits.padStart(16, '0'));
}
