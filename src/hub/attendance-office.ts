import type { Attendance } from '../attendance/attendance.ts';
import type { EntrySaid } from '../attendance/facts.ts';
import type { Plan } from '../attendance/plan.ts';
import {
  type PlanVersion,
  type PlanVersions,
  plansInForce,
  plansTakenBack,
  versionAt,
  versionsInTurn,
} from '../attendance/plan-version.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { type AttendanceQuery, reportOf } from './attendance-report.ts';
import type { HubStore } from './hub-store.ts';
import { checkPlanReversal, checkReason, whomOf } from './sayable.ts';
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
   * Take back a plan, or what took one back: days are counted as if it had never been said, and where no other plan is
   * left, by none. Returns the id of the reversal.
   *
   * @throws LimenError `usage.invalid` for what is no plan, was taken back already, and an empty reason.
   */
  takeBackPlan(id: string, by: Saying): Promise<string>;
  /**
   * Say something about the books. Returns its id.
   *
   * @throws LimenError `usage.invalid` for a punch, an entry, a person or a site that is not there, an entry that was
   *   taken back already or is about a plan, a correction of a punch that does not count, and an empty reason.
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
  const plans = async (at: Date = clock.now()) => planned(await statements.plansSet(at));
  return {
    statements,
    plans,
    plan: async () => versionAt(await plans(), clock.now().getTime()),
    setPlan: async (plan, { from, ...by }) => {
      checkReason(by);
      return statements.say({ kind: 'plan', plan, ...(from !== undefined && { from }) }, { ...by, personId: null });
    },
    takeBackPlan: async (id, by) => {
      checkReason(by);
      await checkPlanReversal(id, { statements, now: clock.now() });
      return statements.say({ kind: 'reverse', entry: id }, { ...by, personId: null });
    },
    say: async (said, by) => {
      checkReason(by);
      return statements.say(said, { ...by, personId: await whomOf(said, { store, statements, now: clock.now() }) });
    },
    report: async function* (query) {
      const { asOf = clock.now() } = query;
      const said = await statements.aboutPlans(asOf);
      const plans = planned(plansInForce(said));
      yield* reportOf(query, { store, statements, plans, planTakenBack: plansTakenBack(said), asOf });
    },
  };
}

function planned(set: readonly PlanVersion[]): PlanVersions {
  const versions = versionsInTurn(set);
  if (versions !== null) return versions;
  throw new LimenError('attendance.no-plan', 'Nobody has said yet how working time is counted here.', {
    hint: 'Write a plan and set it: limen attendance plan set plan.yaml --config hub.yaml (docs/attendance.md).',
  });
}
