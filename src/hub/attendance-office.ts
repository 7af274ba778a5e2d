import type { Attendance } from '../attendance/attendance.ts';
import type { EntrySaid } from '../attendance/facts.ts';
import type { Plan } from '../attendance/plan.ts';
import { type PlanVersion, type PlanVersions, versionAt, versionsInTurn } from '../attendance/plan-version.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { type AttendanceQuery, reportOf } from './attendance-report.ts';
import type { HubStore } from './hub-store.ts';
import { checkReason, whomOf } from './sayable.ts';
import { type Saying, type StatementBook, type StatementBookOptions, statementBook } from './statement-book.ts';

/** The office that keeps the books of working time. */
export interface AttendanceOffice {
  readonly statements: StatementBook;
  /** The plans by which days are counted, as it was known at an instant. @throws LimenError `attendance.no-plan`. */
  plans(at?: Date): Promise<PlanVersions>;
  /** The one that counts today. @throws LimenError `attendance.no-plan`. */
  plan(): Promise<PlanVersion>;
  /**
   * From `by.from` on (`YYYY-MM-DD`), or for all days; reports as of before keep the plan of before. A version that was
   * dated ahead stays ahead. Returns its id.
   */
  setPlan(plan: Plan, by: Saying & { readonly from?: string | undefined }): Promise<string>;
  /**
   * Say something about the books. Returns its id.
   *
   * @throws LimenError `usage.invalid` for a punch, an entry, a person or a site that is not there, an entry that was
   *   taken back already, and an empty reason.
   */
  say(said: EntrySaid, by: Saying): Promise<string>;
  /** Person by person, by name, as fast as it is asked for. @throws LimenError `attendance.no-plan`, `usage.invalid`. */
  report(query: AttendanceQuery): AsyncGenerator<Attendance>;
}

export interface AttendanceOfficeOptions {
  readonly store: HubStore;
  readonly keys: StatementBookOptions['keys'];
  readonly clock: Clock;
}

/** Open the office on a hub's books. */
export function attendanceOffice({ store, keys, clock }: AttendanceOfficeOptions): AttendanceOffice {
  const statements = statementBook({ db: store.db, keys, clock });
  const plans = async (at: Date = clock.now()) => {
    const versions = versionsInTurn(await statements.plansSet(at));
    if (versions !== null) return versions;
    throw new LimenError('attendance.no-plan', 'Nobody has said yet how working time is counted here.', {
      hint: 'Write a plan and set it: limen attendance plan set plan.yaml --config hub.yaml (docs/attendance.md).',
    });
  };
  return {
    statements,
    plans,
    plan: async () => versionAt(await plans(), clock.now().getTime()),
    setPlan: async (plan, { from, ...by }) => {
      checkReason(by);
      return statements.say({ kind: 'plan', plan, ...(from !== undefined && { from }) }, { ...by, personId: null });
    },
    say: async (said, by) => {
      checkReason(by);
      return statements.say(said, { ...by, personId: await whomOf(said, { store, statements, now: clock.now() }) });
    },
    report: async function* (query) {
      const { asOf = clock.now() } = query;
      yield* reportOf(query, { store, statements, plans: await plans(asOf), asOf });
    },
  };
}
