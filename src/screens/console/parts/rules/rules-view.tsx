import type { ComponentChildren } from 'preact';
import { Icon } from '../icon.tsx';
import { Card } from '../page.tsx';
import { periodsInWords, Week } from '../week.tsx';
import { BesidesCard } from './besides-card.tsx';
import { type NamedSection, type Rules, withoutAny } from './kinds.ts';

interface ScopeOf {
  readonly terminals?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly schedule?: string | undefined;
}

/** What rules say, drawn and in words. `onEdit` is left out for who may only look. */
export function RulesView(props: {
  readonly rules: Rules;
  readonly onEdit?: ((section: NamedSection, name: string | null) => void) | undefined;
  readonly onEditBesides?: (() => void) | undefined;
  /** What can be done about who is inside, behind the areas of anti-passback. */
  readonly whereabouts?: ComponentChildren;
}) {
  const { rules, onEdit, onEditBesides, whereabouts } = props;
  const {
    schedules = {},
    holidays = {},
    permissions = {},
    secondFactors = {},
    antiPassback = {},
    twoPerson = {},
    interlocks = {},
    freeAccess = {},
  } = rules;
  const section = (name: NamedSection) => ({ section: name, onEdit });
  return (
    <>
      <Section {...section('schedules')} title="Schedules" verb="Add a schedule">
        {Object.keys(schedules).length === 0 ? (
          <p class="quiet">{withoutAny.schedules}</p>
        ) : (
          <div class="weeks">
            {Object.entries(schedules).map(([name, schedule]) => (
              <figure key={name}>
                <figcaption>
                  <strong>{name}</strong>
                  <Edit {...{ section: 'schedules', name, onEdit }} />
                </figcaption>
                <Week name={name} of={schedule} />
                <p class="quiet">
                  {periodsInWords(schedule)}
                  {schedule.onHolidays === 'as-usual' ? '; knows no holidays' : ''}
                </p>
              </figure>
            ))}
          </div>
        )}
      </Section>
      <div class="columns">
        <Section {...section('permissions')} title="Who may pass" verb="Add a permission">
          <Named of={permissions} section="permissions" onEdit={onEdit} says={(rule) => permissionInWords(rule)} />
        </Section>
        <Section {...section('holidays')} title="Holidays" verb="Add a holiday">
          <Named
            of={holidays}
            section="holidays"
            onEdit={onEdit}
            says={({ dates, hours, schedules: of }) =>
              `${dates.join(', ')}: ${hours.length === 0 ? 'closed' : hours.map(({ from, to }) => `${from} to ${to}`).join(', ')}${of ? `, for ${of.join(', ')}` : ''}`
            }
          />
        </Section>
        <Section {...section('secondFactors')} title="Second factor" verb="Add a second factor">
          <Named
            of={secondFactors}
            section="secondFactors"
            onEdit={onEdit}
            says={(rule) =>
              `${rule.accept.map((one) => (one === 'pin' ? 'PIN' : 'card')).join(' or ')} besides the face, ${whom(rule)}${rule.onlyLookAlikes ? ' who look like somebody else' : ''}${where(rule)}${when(rule)}`
            }
          />
        </Section>
        <Section {...section('antiPassback')} title="Anti-passback" verb="Add an area">
          <Named
            of={antiPassback}
            section="antiPassback"
            onEdit={onEdit}
            says={({ mode, in: inward, out, forgetAfterMin }) =>
              `in by ${inward.join(', ')}, out by ${out.join(', ')}; ${mode === 'hard' ? 'refuses' : 'lets through and writes it down'}${forgetAfterMin === undefined ? '' : `; forgotten after ${forgetAfterMin} min`}`
            }
          />
          {whereabouts}
        </Section>
        <Section {...section('twoPerson')} title="Two people" verb="Add a rule">
          <Named
            of={twoPerson}
            section="twoPerson"
            onEdit={onEdit}
            says={(rule) =>
              `two within ${Math.round(rule.withinMs / 1000)} s, ${whom(rule)}${where(rule)}${when(rule)}`
            }
          />
        </Section>
        <Section {...section('interlocks')} title="Interlocks" verb="Add an interlock">
          <Named
            of={interlocks}
            section="interlocks"
            onEdit={onEdit}
            says={({ terminals }) => `of ${terminals.join(', ')} one opens only while the others are closed`}
          />
        </Section>
        <Section {...section('freeAccess')} title="Free access" verb="Add free access">
          <Named
            of={freeAccess}
            section="freeAccess"
            onEdit={onEdit}
            says={({ terminals, schedule, afterGroups }) =>
              `${terminals.join(', ')} left open by the schedule ${schedule}${afterGroups ? `, once somebody of ${afterGroups.join(', ')} has come` : ''}`
            }
          />
        </Section>
        <BesidesCard of={rules} onEdit={onEditBesides} />
      </div>
    </>
  );
}

function Section(props: {
  readonly title: string;
  readonly section: NamedSection;
  readonly verb: string;
  readonly onEdit?: ((section: NamedSection, name: string | null) => void) | undefined;
  readonly children: ComponentChildren;
}) {
  const { title, section, verb, onEdit, children } = props;
  return (
    <Card
      title={title}
      actions={
        onEdit && (
          <button type="button" class="small secondary outline" onClick={() => onEdit(section, null)}>
            <Icon name="plus" /> {verb}
          </button>
        )
      }
    >
      {children}
    </Card>
  );
}

/** Rules with names, each in words; without any, what is so then. */
function Named<T>(props: {
  readonly of: Readonly<Record<string, T>>;
  readonly section: NamedSection;
  readonly says: (rule: T) => string;
  readonly onEdit?: ((section: NamedSection, name: string | null) => void) | undefined;
}) {
  const { of, section, says, onEdit } = props;
  const entries = Object.entries(of);
  if (entries.length === 0) return <p class="quiet">{withoutAny[section]}</p>;
  return (
    <ul class="named">
      {entries.map(([name, rule]) => (
        <li key={name}>
          <span>
            <strong>{name}:</strong> {says(rule)}
          </span>
          <Edit {...{ section, name, onEdit }} />
        </li>
      ))}
    </ul>
  );
}

function Edit(props: {
  readonly section: NamedSection;
  readonly name: string;
  readonly onEdit?: ((section: NamedSection, name: string | null) => void) | undefined;
}) {
  const { section, name, onEdit } = props;
  if (onEdit === undefined) return null;
  return (
    <button type="button" class="small secondary outline" onClick={() => onEdit(section, name)}>
      Change<span class="hidden"> {name}</span>
    </button>
  );
}

function permissionInWords(rule: ScopeOf): string {
  return `${whom(rule).replace(/^for /, '')} may pass ${rule.terminals?.join(', ') ?? 'every terminal'}${when(rule) || ', at any time'}`;
}

function whom({ groups }: ScopeOf): string {
  return groups === undefined ? 'for everybody' : `for ${groups.join(', ')}`;
}

function where({ terminals }: ScopeOf): string {
  return terminals === undefined ? '' : ` at ${terminals.join(', ')}`;
}

function when({ schedule }: ScopeOf): string {
  return schedule === undefined ? '' : `, by the schedule ${schedule}`;
}
