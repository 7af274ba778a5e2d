import { useState } from 'preact/hooks';
import type { DayTold, PersonDays } from '../../../console/answers/attendance.ts';
import { mayAs } from '../state.ts';
import { Dialog } from './dialog.tsx';
import { Findings } from './findings.tsx';
import { hours } from './numbers.ts';
import { Badge } from './page.tsx';
import { dayInWords } from './period.tsx';
import { type EntrySaid, SayEntry } from './say-entry.tsx';

type Punch = DayTold['punches'][number];
type Asked =
  | { readonly what: 'add' }
  | { readonly what: 'approve' }
  | { readonly what: 'void'; readonly punch: Punch }
  | { readonly what: 'move'; readonly punch: Punch };

const codes = {
  in: 'IN',
  out: 'OUT',
  'break-start': 'break begins',
  'break-end': 'break ends',
  change: 'other work',
} as const;

/** Why a day comes out as it does: its punches, the arithmetic, and what can be said about it. */
export function AttendanceDay(props: {
  readonly of: DayTold;
  readonly person: Omit<PersonDays, 'days'>;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}) {
  const { of: day, person, onChanged, onClose } = props;
  const [asked, setAsked] = useState<Asked | null>(null);
  const done = () => {
    setAsked(null);
    onChanged();
  };
  if (asked !== null) return <Say {...{ asked, day, person, onDone: done, onClose: () => setAsked(null) }} />;
  return (
    <Dialog title={`${person.name}, ${dayInWords(day.date)}`} onClose={onClose} wide>
      {day.punches.length === 0 ? (
        <p class="quiet">No punches.</p>
      ) : (
        <Punches of={day.punches} date={day.date} onAsk={setAsked} />
      )}
      {mayAs('operator') && (
        <div class="actions">
          {person.site && (
            <button type="button" class="small secondary outline" onClick={() => setAsked({ what: 'add' })}>
              Add a punch
            </button>
          )}
          {day.unapprovedOvertimeMs > 0 && (
            <button type="button" class="small secondary outline" onClick={() => setAsked({ what: 'approve' })}>
              Approve {hours(day.unapprovedOvertimeMs)} of overtime
            </button>
          )}
        </div>
      )}
      {day.findings.length > 0 && (
        <section>
          <h3>To look at</h3>
          <Findings of={day.findings} onMended={onChanged} />
        </section>
      )}
      <section>
        <h3>How it is counted</h3>
        <ol class="arithmetic">
          {day.steps.map((step, i) => (
            <li key={i}>{step}</li>
          ))}
          {Object.entries(day.overtimeMs).map(([tier, ms]) => (
            <li key={tier}>
              of which {tier}: {hours(ms)}
            </li>
          ))}
        </ol>
      </section>
    </Dialog>
  );
}

function Punches({
  of,
  date,
  onAsk,
}: {
  readonly of: readonly Punch[];
  readonly date: string;
  readonly onAsk: (asked: Asked) => void;
}) {
  return (
    <table class="rows">
      <thead>
        <tr>
          <th>Punch</th>
          <th>When</th>
          <th>Where</th>
          <th>Changed by</th>
          <th>
            <span class="hidden">Mend it</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((punch) => (
          <tr key={punch.id}>
            <td>
              {codes[punch.code as keyof typeof codes]} {punch.work}
            </td>
            <td class="nowrap">
              {punch.date === date ? '' : `${dayInWords(punch.date)} `}
              {punch.clock} {punch.isClockSet ? '' : <Badge tone="warn">clock not set</Badge>}
            </td>
            <td>
              {punch.terminal ?? 'office'}{' '}
              {punch.proof && <Badge tone={punch.afterRefusal === null ? 'plain' : 'warn'}>{punch.proof}</Badge>}
            </td>
            <td class="quiet">
              {punch.changedBy.map(({ author, reason }) => `${author}: ${reason}`).join('; ') || '–'}
            </td>
            <td class="row-actions">
              {mayAs('operator') && (
                <>
                  <button type="button" class="small secondary outline" onClick={() => onAsk({ what: 'move', punch })}>
                    Other time
                  </button>
                  <button type="button" class="small secondary outline" onClick={() => onAsk({ what: 'void', punch })}>
                    Does not count
                  </button>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Say(props: {
  readonly asked: Asked;
  readonly day: DayTold;
  readonly person: Omit<PersonDays, 'days'>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { asked, day, person, ...rest } = props;
  const at = (clock: string) => instantAt(day.date, clock, person.timeZone);
  if (asked.what === 'approve') {
    const said = (): EntrySaid => ({ kind: 'approve', personId: person.id, day: day.date, what: 'overtime' });
    return <SayEntry {...{ ...rest, title: `Approve overtime, ${dayInWords(day.date)}`, verb: 'Approve it', said }} />;
  }
  if (asked.what === 'void') {
    const title = `${codes[asked.punch.code as keyof typeof codes]} at ${asked.punch.clock} does not count`;
    return (
      <SayEntry {...{ ...rest, title, verb: 'Leave it out', said: () => ({ kind: 'void', punch: asked.punch.id }) }} />
    );
  }
  const said = ({ clock = '', code = '' }: Record<string, string>): EntrySaid =>
    asked.what === 'move'
      ? { kind: 'move', punch: asked.punch.id, at: at(clock) }
      : { kind: 'add', personId: person.id, at: at(clock), code: code as keyof typeof codes, site: person.site ?? '' };
  const title =
    asked.what === 'move'
      ? `${codes[asked.punch.code as keyof typeof codes]} was at another time`
      : `A punch that nobody made, ${dayInWords(day.date)}`;
  return (
    <SayEntry {...{ ...rest, title, verb: 'Enter it', said }}>
      <div class="pair">
        {asked.what === 'add' && (
          <label>
            Punch
            <select name="code">
              {Object.entries(codes).map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          At
          <input type="time" name="clock" required value={asked.what === 'move' ? asked.punch.clock : undefined} />
          <small>By the clock of {person.timeZone}.</small>
        </label>
      </div>
    </SayEntry>
  );
}

/** The instant at which a clock in another zone shows a time: from how far that zone is ahead then. */
function instantAt(date: string, clock: string, timeZone: string): string {
  const asUtc = Date.parse(`${date}T${clock}:00Z`);
  const shown = (ms: number) => Date.parse(`${new Date(ms).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}Z`);
  const first = asUtc - (shown(asUtc) - asUtc);
  return new Date(asUtc - (shown(first) - first)).toISOString();
}
