import type { ComponentChildren } from 'preact';
import type { RulesTold } from '../../../console/answers/rules.ts';
import { Icon } from './icon.tsx';
import { Badge, Card } from './page.tsx';
import type { FormSection } from './rule-forms.tsx';
import { periodsInWords, Week } from './week.tsx';

type Rules = RulesTold['rules'];
interface ScopeOf {
  readonly terminals?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly schedule?: string | undefined;
}

/** What rules say, drawn and in words. `onEdit` is left out for who may only look. */
export function RulesView(props: {
  readonly rules: Rules;
  readonly onEdit?: ((section: FormSection, name: string | null) => void) | undefined;
}) {
  const { rules, onEdit } = props;
  const {
    schedules = {},
    holidays = {},
    permissions = {},
    secondFactors = {},
    antiPassback = {},
    twoPerson = {},
  } = rules;
  const section = (name: FormSection) => ({ section: name, onEdit });
  return (
    <>
      <Section {...section('schedules')} title="Schedules" verb="Add a schedule">
        {Object.keys(schedules).length === 0 ? (
          <p class="quiet">{nothing.schedules}</p>
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
        <Others of={rules} />
      </div>
    </>
  );
}

function Section(props: {
  readonly title: string;
  readonly section: FormSection;
  readonly verb: string;
  readonly onEdit?: ((section: FormSection, name: string | null) => void) | undefined;
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
  readonly section: FormSection;
  readonly says: (rule: T) => string;
  readonly onEdit?: ((section: FormSection, name: string | null) => void) | undefined;
}) {
  const { of, section, says, onEdit } = props;
  const entries = Object.entries(of);
  if (entries.length === 0) return <p class="quiet">{nothing[section]}</p>;
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

/** What is so without any rule of a kind. */
const nothing: Record<FormSection, string> = {
  schedules: 'No schedule yet: rules hold at any time.',
  permissions: 'No permission yet: everybody who is enrolled may pass every terminal.',
  holidays: 'No holidays: every week is like the others.',
  secondFactors: 'The face alone opens.',
  antiPassback: 'Nobody asks whether somebody is inside already.',
  twoPerson: 'Nobody needs company.',
};

function Edit(props: {
  readonly section: FormSection;
  readonly name: string;
  readonly onEdit?: ((section: FormSection, name: string | null) => void) | undefined;
}) {
  const { section, name, onEdit } = props;
  if (onEdit === undefined) return null;
  return (
    <button type="button" class="small secondary outline" onClick={() => onEdit(section, name)}>
      Change<span class="hidden"> {name}</span>
    </button>
  );
}

/** What has no form: it is changed in the text. */
function Others({ of }: { readonly of: Rules }) {
  const {
    timeZone = 'UTC',
    interlocks = {},
    freeAccess = {},
    lockOut,
    withoutFace = 'never',
    answerWithinMs = 20_000,
  } = of;
  const { attempts = 5, firstMs = 60_000, mostMs = 3_600_000 } = lockOut ?? {};
  return (
    <Card title="Besides">
      <ul class="named">
        <li>
          <span>
            <strong>Clock</strong> {timeZone}
          </span>
        </li>
        <li>
          <span>
            <strong>Failures</strong> after {attempts} wrong PINs or cards, a wait of {Math.round(firstMs / 1000)} s,
            doubling up to {Math.round(mostMs / 60_000)} min
          </span>
        </li>
        <li>
          <span>
            <strong>Second factor</strong> within {Math.round(answerWithinMs / 1000)} s
          </span>
        </li>
        <li>
          <span>
            <strong>Without a face</strong>{' '}
            {withoutFace === 'never' ? 'never' : `by ${withoutFace.replaceAll('-', ' ')}`}
          </span>
        </li>
        {Object.entries(interlocks).map(([name, { terminals }]) => (
          <li key={name}>
            <span>
              <strong>{name}</strong> of {terminals.join(', ')}, one opens only while the others are closed{' '}
              <Badge tone="plain">interlock</Badge>
            </span>
          </li>
        ))}
        {Object.entries(freeAccess).map(([name, { terminals, schedule, afterGroups }]) => (
          <li key={name}>
            <span>
              <strong>{name}</strong> {terminals.join(', ')} left open by the schedule {schedule}
              {afterGroups ? `, once somebody of ${afterGroups.join(', ')} has come` : ''}{' '}
              <Badge tone="plain">free access</Badge>
            </span>
          </li>
        ))}
      </ul>
      <p class="quiet note">Changed as text.</p>
    </Card>
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
