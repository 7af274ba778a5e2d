import { instantOf } from './facts.ts';
import type { FindingKind, LooseFinding, Proposal } from './finding.ts';
import type { LedgerPunch } from './ledger.ts';
import type { Policy } from './plan.ts';
import { minutesToMs, type Span } from './wall-clock.ts';

/** From an IN to its OUT. */
export interface Work {
  readonly in: LedgerPunch;
  readonly out: LedgerPunch;
  readonly breaks: readonly Span[];
}

/** What the punches of one person come to. */
export interface Pairing {
  readonly works: readonly Work[];
  /** An IN whose OUT may still come. */
  readonly open: LedgerPunch | null;
  /** Id of a punch -> the IN with whose work it belongs, also where that has no OUT; or the same punch a moment before. */
  readonly partOf: ReadonlyMap<string, LedgerPunch>;
  readonly findings: readonly LooseFinding[];
}

interface Begun {
  readonly in: LedgerPunch;
  breakFrom: LedgerPunch | null;
  readonly breaks: Span[];
}

/**
 * Pair the punches of one person, which are in the order of time. Nothing is guessed: what has no partner counts
 * nothing, and is a finding with what could be meant.
 *
 * @param policyAt what holds at an instant: of a stretch of work, when it began
 * @param nowMs an IN without OUT is open until it is older than the longest stretch of work
 */
export function pair(punches: readonly LedgerPunch[], policyAt: PolicyAt, nowMs: number): Pairing {
  const pairer = new Pairer(policyAt);
  for (const punch of punches) pairer.take(punch);
  return pairer.end(nowMs);
}

type PolicyAt = (atMs: number) => Policy;

class Pairer {
  readonly #policyAt: PolicyAt;
  readonly #works: Work[] = [];
  readonly #partOf = new Map<string, LedgerPunch>();
  readonly #findings: LooseFinding[] = [];
  #begun: Begun | null = null;
  #before: LedgerPunch | null = null;

  constructor(policyAt: PolicyAt) {
    this.#policyAt = policyAt;
  }

  take(punch: LedgerPunch): void {
    if (punch.clock === 'unsynced' && punch.corrected === undefined) this.#findings.push(unsetClock(punch));
    if (this.#isDoubled(punch)) return;
    this.#giveUpOn(punch);
    if (this.#begun !== null && punch.code !== 'in') this.#partOf.set(punch.id, this.#begun.in);
    this.#takers[punch.code](punch);
    this.#before = punch;
  }

  end(nowMs: number): Pairing {
    const begun = this.#begun;
    const stillOpen = begun !== null && !this.#isTooLong(begun, nowMs);
    if (begun !== null && !stillOpen) this.#missingOut(begun, null);
    const open = stillOpen ? begun.in : null;
    return { works: this.#works, open, partOf: this.#partOf, findings: this.#findings };
  }

  readonly #takers: Record<LedgerPunch['code'], (punch: LedgerPunch) => void> = {
    in: (punch) => {
      if (this.#begun !== null) this.#missingOut(this.#begun, punch);
      this.#begun = { in: punch, breakFrom: null, breaks: [] };
    },
    out: (punch) => {
      if (this.#begun === null) this.#missingIn(punch);
      else this.#close(this.#begun, punch);
      this.#begun = null;
    },
    'break-start': (punch) => {
      if (this.#begun === null) this.#missingIn(punch);
      else if (this.#begun.breakFrom !== null) this.#missingBreakEnd(this.#begun.breakFrom, punch);
      if (this.#begun !== null) this.#begun.breakFrom = punch;
    },
    'break-end': (punch) => {
      if (this.#begun === null) this.#missingIn(punch);
      else if (this.#begun.breakFrom === null)
        this.#find(
          'missing-break-start',
          punch,
          'A break ends that did not begin.',
          [...proposeVoid(punch, 'it was no break')],
          true,
        );
      else this.#endBreak(this.#begun, punch);
    },
    change: (punch) => {
      if (this.#begun === null) this.#missingIn(punch);
    },
  };

  /** The same again within a moment, at the same place: one punch. */
  #isDoubled(punch: LedgerPunch): boolean {
    const before = this.#before;
    if (before === null || before.code !== punch.code || before.site !== punch.site || before.work !== punch.work)
      return false;
    const atMs = instantOf(punch);
    if (atMs - instantOf(before) > minutesToMs(this.#policyAt(atMs).doubledWithinMinutes)) return false;
    this.#partOf.set(punch.id, this.#partOf.get(before.id) ?? before);
    this.#find('doubled', punch, 'The same punch a moment before counts; this one does not.', [
      ...proposeVoid(punch, 'it says the same as the one before'),
    ]);
    return true;
  }

  /** Somebody who came in so long ago has left unseen. */
  #giveUpOn(punch: LedgerPunch): void {
    const begun = this.#begun;
    if (begun === null || !this.#isTooLong(begun, instantOf(punch))) return;
    this.#missingOut(begun, null);
    this.#begun = null;
  }

  #isTooLong(begun: Begun, untilMs: number): boolean {
    const fromMs = instantOf(begun.in);
    return untilMs - fromMs > minutesToMs(this.#policyAt(fromMs).longestMinutes);
  }

  #close(begun: Begun, out: LedgerPunch): void {
    if (begun.breakFrom !== null) {
      this.#missingBreakEnd(begun.breakFrom, out);
      this.#endBreak(begun, out);
    }
    this.#works.push({ in: begun.in, out, breaks: begun.breaks });
  }

  #endBreak(begun: Begun, end: LedgerPunch): void {
    begun.breaks.push({ fromMs: instantOf(begun.breakFrom as LedgerPunch), toMs: instantOf(end) });
    begun.breakFrom = null;
  }

  #missingOut(begun: Begun, next: LedgerPunch | null): void {
    const elsewhere = next !== null && next.site !== begun.in.site;
    const says = elsewhere
      ? `In at ${begun.in.site} without an OUT, and in at ${(next as LedgerPunch).site} meanwhile.`
      : 'An IN without an OUT: nothing of it is counted.';
    const proposals = next === null ? [] : proposeVoid(next, 'the work of before went on');
    this.#find(elsewhere ? 'two-places' : 'missing-out', begun.in, says, proposals, true);
  }

  #missingIn(punch: LedgerPunch): void {
    const what = {
      out: 'An OUT',
      'break-start': 'A break',
      'break-end': 'The end of a break',
      change: 'A change of work',
      in: '',
    };
    this.#find(
      'missing-in',
      punch,
      `${what[punch.code]} without an IN: nothing of it is counted.`,
      proposeVoid(punch, 'there was no work'),
      true,
    );
  }

  #missingBreakEnd(from: LedgerPunch, next: LedgerPunch): void {
    const until = next.code === 'out' ? 'the OUT' : 'the next break';
    const says =
      next.code === 'out'
        ? 'A break without an end: it lasts until the OUT.'
        : 'A break begins in a break: only the second counts.';
    this.#find('missing-break-end', from, says, proposeVoid(from, `work went on until ${until}`), true);
  }

  #find(kind: FindingKind, punch: LedgerPunch, says: string, proposals: readonly Proposal[], costsTime = false): void {
    const { id, personId } = punch;
    this.#findings.push({ kind, personId, atMs: instantOf(punch), about: [id], says, proposals, costsTime });
  }
}

function proposeVoid(punch: LedgerPunch, because: string): Proposal[] {
  return [{ says: `void ${punch.id}: ${because}`, entry: { kind: 'void', punch: punch.id } }];
}

/** Nobody goes by what differs by less. */
const sameMs = 60_000;

/** Found on the day on which it probably was: a clock that was not set may say 1970, where nobody looks. */
function unsetClock({ id, personId, at, latest }: LedgerPunch): LooseFinding {
  const to = (instant: string, because: string): Proposal => ({
    says: `move ${id} to ${instant}: ${because}`,
    entry: { kind: 'move', punch: id, at: instant },
  });
  const asRecorded = to(at, 'the clock was right all the same');
  const differs = latest !== undefined && Math.abs(Date.parse(latest.at) - Date.parse(at)) >= sameMs;
  return {
    ...{ kind: 'clock-unsynced', personId, about: [id], costsTime: differs },
    atMs: Date.parse(differs ? latest.at : at),
    says: `The clock of the terminal was not set: it said ${at}, which may be wrong.`,
    proposals: differs ? [to(latest.at, latest.reason), asRecorded] : [asRecorded],
  };
}
