import type { Entry, EntrySaid } from '../attendance/facts.ts';
import { inForce, type Reversible } from '../attendance/ledger.ts';
import { versionsInTurn } from '../attendance/plan-version.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubStore } from './hub-store.ts';
import { hasPunched, personOfPunch } from './punch-book.ts';
import type { Saying, StatementBook } from './statement-book.ts';

interface Books {
  readonly store: HubStore;
  readonly statements: StatementBook;
  readonly now: Date;
}

/** A reason is what an entry is for: one without is refused. @throws LimenError `usage.invalid`. */
export function checkReason({ reason }: Saying): void {
  if (reason.trim() === '')
    throw invalid('The reason is empty.', 'Say why: whoever reads the books later has only that.');
}

/**
 * Whether a plan, or what took one back, can be taken back.
 *
 * @throws LimenError `usage.invalid` for what is not in the books, is about a person, or was taken back already.
 */
export async function checkPlanReversal(id: string, { statements, now }: Omit<Books, 'store'>): Promise<void> {
  const said = await statements.aboutPlans(now);
  const about = said.find((one) => one.id === id);
  if (about === undefined) throw notThere(`plan ${id}`);
  checkInForce(about, said);
}

/**
 * Whom something is about, once it is known to make sense: books are never altered, so a slip of the pen would stay in
 * them for good.
 *
 * @throws LimenError `usage.invalid` for a punch, an entry, a person or a site that is not there, for an entry that was
 *   taken back already, or is about a plan, and for a correction of a punch that does not count.
 */
export async function whomOf(said: EntrySaid, books: Books): Promise<string> {
  if (said.kind === 'add') await checkSite(said.site, books);
  if (!('personId' in said)) return ownerOf(said, books);
  if (said.kind === 'groups') await checkEnrolled(said.personId, books);
  else await checkPerson(said.personId, books);
  return said.personId;
}

async function checkEnrolled(personId: string, { store }: Books): Promise<void> {
  if ((await store.person(personId)) === null) throw nobody(personId);
}

/** Somebody who was erased still has punches that may need a correction. */
async function checkPerson(personId: string, { store, statements }: Books): Promise<void> {
  if (await store.person(personId)) return;
  if (await hasPunched(store.db, personId)) return;
  if ((await statements.entries([personId])).length > 0) return;
  throw nobody(personId);
}

async function checkSite(site: string, { statements, now }: Books): Promise<void> {
  const versions = versionsInTurn(await statements.plansSet(now));
  if (versions === null) return;
  const sites = [...new Set(versions.flatMap(({ plan }) => Object.keys(plan.sites)))];
  if (!sites.includes(site)) throw invalid(`The plan knows no site ${site}.`, `It knows ${sites.join(', ')}.`);
}

async function ownerOf(
  said: Exclude<EntrySaid, { readonly personId: string }>,
  { store, statements }: Books,
): Promise<string> {
  const id = said.kind === 'reverse' ? said.entry : said.punch;
  const entries = await statements.entries();
  const about = entries.find((entry) => entry.id === id);
  if (said.kind === 'reverse') {
    if (about === undefined) throw await noReversal(id, statements);
    checkInForce(about, entries);
  } else checkCounts(id, about, entries);
  const whose = about?.about ?? (await personOfPunch(store.db, id));
  if (whose !== null) return whose;
  throw notThere(`punch ${id}`);
}

function checkInForce<T extends Reversible>(about: T, said: readonly T[]): void {
  if (inForce(said).includes(about)) return;
  throw invalid(
    `The entry ${about.id} was taken back already.`,
    'See `limen attendance entries`: to have it again, reverse its reversal.',
  );
}

/** A correction of a punch that does not count would be in the books and do nothing. */
function checkCounts(punch: string, addedBy: Entry | undefined, said: readonly Entry[]): void {
  const entries = inForce(said);
  const voided = entries.find((entry) => entry.kind === 'void' && entry.punch === punch);
  const isGone = addedBy?.kind === 'add' && !entries.includes(addedBy);
  const by = voided?.id ?? (isGone ? reversalOf(punch, entries) : undefined);
  if (by === undefined) return;
  throw invalid(
    `The punch ${punch} does not count: ${by} took it out.`,
    `To have it count again, take that back first: limen attendance reverse ${by}.`,
  );
}

/** The entry in force that takes another back. */
function reversalOf(id: string, entries: readonly Entry[]): string | undefined {
  return entries.find((entry) => entry.kind === 'reverse' && entry.entry === id)?.id;
}

/** Plans are for whoever may set them: they are not taken back among the entries about people. */
async function noReversal(id: string, statements: StatementBook): Promise<LimenError> {
  if (!(await statements.isAboutPlan(id))) return notThere(`entry ${id}`);
  return invalid(`The entry ${id} is about a plan, not about a person.`, 'Whoever may set a plan takes one back.');
}

function notThere(what: string): LimenError {
  return invalid(
    `There is no ${what} in the books.`,
    '`limen attendance explain PERSON DAY` names the punches of a day, `limen attendance entries` what was said.',
  );
}

/** For whoever asks for a person that the books do not know. */
export function nobody(personId: string): LimenError {
  return invalid(
    `There is nobody ${personId} in the books.`,
    '`limen people list --config hub.yaml` names everybody who is enrolled.',
  );
}

function invalid(message: string, hint: string): LimenError {
  return new LimenError('usage.invalid', message, { hint });
}
