import type { Entry } from '../attendance/facts.ts';
import type { Clock } from '../domain/clock.ts';
import { type ErasureReceipts, erasureReceipts } from './erasure-receipts.ts';
import { everyEvent } from './event-search.ts';
import type { HubStore } from './hub-store.ts';
import { latestRules } from './rules-book.ts';
import { nobody } from './sayable.ts';
import type { StatementBook } from './statement-book.ts';
import type { Suspension } from './suspensions.ts';

/**
 * Everything that a hub has about one person, for a request of access (GDPR, Article 15). What identifies them (templates,
 * hashes of PINs) is described and not given out: a copy of it would open doors.
 */
export interface Dossier {
  readonly format: 'limen-person/1';
  readonly site: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly id: string;
  /** `null` for somebody who was erased, or was never enrolled and is only named in events. */
  readonly person: DossierPerson | null;
  /** In which groups somebody was who was erased: kept because their working time is counted by them, and used for nothing else. */
  readonly groupsKept: DossierPerson['groupHistory'];
  /** Who has confirmed their erasure; `null` for who was not erased. */
  readonly erasure: ErasureReceipts | null;
  /** The permissions of the hub's rules for one of their groups, or for everybody. */
  readonly rules: { readonly version: number; readonly setAt: string; readonly permissions: object } | null;
  /** Every event that names them, as it came. */
  readonly events: readonly object[];
  readonly punches: readonly object[];
  /** What the office said about their working time: who, when, why. */
  readonly entries: readonly Entry[];
  readonly recipients: {
    /** Terminals that have, or had, what is needed to know them. */
    readonly terminals: readonly string[];
    /** Payrolls that keep something about them, and what it is called there. */
    readonly payroll: readonly object[];
  };
}

export interface DossierPerson {
  readonly name: string;
  readonly groups: readonly string[];
  /** In which groups they were from when on, oldest first. */
  readonly groupHistory: readonly { readonly since: string; readonly groups: readonly string[] }[];
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly suspended: Suspension | null;
  readonly cards: readonly string[];
  readonly pin: boolean;
  readonly duressPin: boolean;
  readonly extendedPulse: boolean;
  readonly version: number;
  /** Since when there is nothing of their face any more, where there was. */
  readonly faceErasedAt: string | null;
  /** Numbers computed from pictures of the face; the pictures themselves are not kept. */
  readonly templates: readonly {
    readonly model: string;
    readonly numbers: number;
    /** What the picture was called; `null` where that is not known. */
    readonly picture: string | null;
  }[];
}

export interface DossierOptions {
  readonly store: HubStore;
  readonly statements: StatementBook;
  readonly site: string;
  readonly clock: Clock;
}

/** Put it together. @throws LimenError `usage.invalid` for an id that is nowhere in the books. */
export async function dossierOf(id: string, options: DossierOptions): Promise<Dossier> {
  const { store, statements, site, clock } = options;
  const { db } = store;
  const person = await personPart(id, store);
  const erasure = await erasureReceipts(db, id);
  const events: object[] = [];
  for await (const { event, receivedAt } of everyEvent(db, { personId: id })) events.push({ ...event, receivedAt });
  const punches = await db.selectFrom('punches').selectAll().where('person_id', '=', id).orderBy('at').execute();
  const entries = await statements.entries([id]);
  if (person === null && erasure === null && events.length + punches.length + entries.length === 0) throw nobody(id);
  return {
    ...{ format: 'limen-person/1', site, madeAt: clock.now().toISOString(), id, person, erasure },
    groupsKept: person === null ? await groupHistoryOf(id, store) : [],
    rules: await rulesPart(person?.groups ?? [], store),
    events,
    punches: punches.map(({ terminal, seq, at, clock: quality, code, work, received_at: receivedAt, ...proof }) => {
      const verifiedBy = proof.verified_by === null ? null : JSON.parse(proof.verified_by);
      const how = { verifiedBy, afterRefusal: proof.after_refusal };
      return { id: `${terminal}:${seq}`, at, clock: quality, code, work, ...how, receivedAt };
    }),
    entries,
    recipients: { terminals: await terminalsOf(store), payroll: await payrollPart(id, store) },
  };
}

async function personPart(id: string, store: HubStore): Promise<DossierPerson | null> {
  const person = await store.person(id);
  if (person === null) return null;
  const suspended = (await store.suspensions()).get(id) ?? null;
  const pictures = (await store.pictureNames()).get(id) ?? [];
  const { name, groups, templates, cards = [], version } = person;
  const { validFrom, validUntil } = suspended ?? person;
  return {
    ...{ name, groups, groupHistory: await groupHistoryOf(id, store) },
    ...{ validFrom, validUntil, suspended, cards, version },
    pin: person.pinHash !== undefined,
    duressPin: person.duressPinHash !== undefined,
    extendedPulse: person.extendedPulse === true,
    faceErasedAt: (await store.faceErasures()).get(id)?.erasedAt ?? null,
    templates: templates.map(({ model, data }, i) => ({ model, numbers: data.length, picture: pictures[i] ?? null })),
  };
}

async function groupHistoryOf(id: string, { db }: HubStore): Promise<DossierPerson['groupHistory']> {
  const rows = await db
    .selectFrom('group_history')
    .select(['since', 'groups'])
    .where('person_id', '=', id)
    .orderBy('since')
    .execute();
  return rows.map(({ since, groups }) => ({ since, groups: JSON.parse(groups) }));
}

/** Of the permissions, those for one of their groups, or for everybody. */
async function rulesPart(groups: readonly string[], { db }: HubStore): Promise<Dossier['rules']> {
  const rules = await latestRules(db);
  if (rules === null) return null;
  const all = Object.entries(
    (rules.rules.permissions ?? {}) as Record<string, { readonly groups?: readonly string[] }>,
  );
  const own = all.filter(([, { groups: theirs }]) => theirs?.some((group) => groups.includes(group)) ?? true);
  return { version: rules.version, setAt: rules.setAt, permissions: Object.fromEntries(own) };
}

async function terminalsOf({ db }: HubStore): Promise<string[]> {
  const rows = await db.selectFrom('terminal_keys').select('terminal').orderBy('terminal').execute();
  return rows.map(({ terminal }) => terminal);
}

async function payrollPart(id: string, { db }: HubStore): Promise<object[]> {
  const rows = await db
    .selectFrom('payroll_items')
    .selectAll()
    .where('person_id', '=', id)
    .orderBy('target')
    .orderBy('item')
    .execute();
  return rows.map(({ target, item, remote, sent, refused }) => ({ target, item, remote, sent, refused }));
}
