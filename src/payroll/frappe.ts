import { Temporal } from '@js-temporal/polyfill';
import { type Checkin, type FrappeApi, type FrappeApiOptions, frappeApi, type NotAccepted } from './frappe-api.ts';
import type { Answer, Kept, Later, PayrollMemory, PayrollTarget, PunchNow } from './target.ts';

export interface FrappeOptions extends Omit<FrappeApiOptions, 'signal'> {
  readonly name: string;
  /** The time zone in Frappe's System Settings: its times have none of their own. */
  readonly timeZone: string;
  /** A break as an OUT and an IN, or not at all. */
  readonly breaks: 'as-out-and-in' | 'left-out';
}

/**
 * Keep the check-ins of Frappe HR (ERPNext) as the punches are: one for every punch that counts. A check-in is never
 * changed or deleted there: one that does not count any more is marked to be skipped, and where a correction says
 * something else, there is another one beside it. Leave and approvals are not check-ins and are not told.
 */
export function frappe(options: FrappeOptions): PayrollTarget {
  return {
    name: options.name,
    address: new URL(options.url).origin,
    tell: async ({ punch }, memory, signal) => {
      if (punch === null) return { outcome: 'nothing to tell' };
      const wanted = wantedFor(punch, options);
      const kept = await memory.kept(punch.id);
      if (kept?.sent === wanted?.sent) return { outcome: 'nothing to tell' };
      const api = frappeApi({ ...options, signal });
      const there = wanted === null ? null : await ensure(wanted, { api, memory, punch });
      if (there !== null && 'outcome' in there) return answerOf(there);
      const look = kept === null || kept.remote === there?.remote ? null : await release(kept, { api, memory, punch });
      if (look !== null && 'outcome' in look) return answerOf(look);
      return { outcome: 'taken', kept: there, ...(look !== null && look.says !== null && { look: look.says }) };
    },
  };
}

interface Wanted {
  readonly time: string;
  readonly logType: 'IN' | 'OUT';
  /** Time, kind and instant: an hour that comes twice has the same times for two instants. */
  readonly sent: string;
}

interface Context {
  readonly api: FrappeApi;
  readonly memory: PayrollMemory;
  readonly punch: PunchNow;
}

function wantedFor({ at, code }: PunchNow, { timeZone, breaks }: FrappeOptions): Wanted | null {
  const logType = { in: 'IN', out: 'OUT', 'break-start': 'OUT', 'break-end': 'IN', change: null }[code] as
    | 'IN'
    | 'OUT'
    | null;
  if (at === null || logType === null) return null;
  if (breaks === 'left-out' && code.startsWith('break')) return null;
  const instant = Temporal.Instant.from(at).round({ smallestUnit: 'second', roundingMode: 'floor' });
  const local = instant.toZonedDateTimeISO(timeZone).toPlainDateTime();
  const time = local.toString({ smallestUnit: 'second' }).replace('T', ' ');
  return { time, logType, sent: `${time} ${logType} ${instant.toString()}` };
}

/** Have a check-in there that counts; one that is there already will do. */
async function ensure(wanted: Wanted, { api, memory, punch }: Context): Promise<Kept | NotAccepted | Later> {
  const { time, logType, sent } = wanted;
  const { personId, terminal } = punch;
  const added = await api.add({ personId, time, logType, device: terminal ?? 'office' });
  if (!('outcome' in added)) return { remote: added.name, sent };
  if (added.outcome === 'later') return added;
  // Refused: perhaps because it is there. In which language Frappe says so depends on its user, so it is looked for.
  const looked = await api.at(personId, time);
  if ('outcome' in looked) return looked;
  if (looked.found === null) return { ...added, why: `no Employee has the id ${personId} (${added.why})` };
  const same = looked.found.find(({ log_type }) => log_type === logType);
  if (same === undefined) return added;
  const others = await memory.sharing(same.name, punch.id);
  if (others.some((other) => other.sent !== sent))
    return { ...added, why: `${time} comes twice that night, and ${same.name} has the other one` };
  if (!isSkipped(same)) return { remote: same.name, sent };
  const counted = await api.setSkipped(same.name, false);
  return 'outcome' in counted ? counted : { remote: same.name, sent };
}

/** Have a check-in not count any more, unless another punch stands for it as well. */
async function release(
  { remote }: Kept,
  { api, memory, punch }: Context,
): Promise<{ readonly says: string | null } | NotAccepted | Later> {
  if ((await memory.sharing(remote, punch.id)).length > 0) return { says: null };
  const skipped = await api.setSkipped(remote, true);
  if ('outcome' in skipped) return skipped;
  const day = skipped.checkin?.attendance ?? null;
  return {
    says: day === null ? null : `${remote} is in attendance ${day} already: cancel that one there and mark it again`,
  };
}

function isSkipped({ skip_auto_attendance }: Checkin): boolean {
  return Number(skip_auto_attendance) === 1;
}

function answerOf(answer: NotAccepted | Later): Answer {
  return answer.outcome === 'later' ? answer : { outcome: 'refused', why: answer.why };
}
