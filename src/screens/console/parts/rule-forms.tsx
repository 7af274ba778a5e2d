import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { RulesChecked, RulesTold, TextProblem } from '../../../console/answers/rules.ts';
import { ask } from '../server.ts';
import { Dialog } from './dialog.tsx';
import { useDoing } from './doing.tsx';
import { Icon } from './icon.tsx';
import { Problem } from './problem.tsx';
import { dayNames } from './week.tsx';

type Rules = RulesTold['rules'];
/** Sections whose rules have a form. */
export type FormSection = 'schedules' | 'holidays' | 'permissions' | 'secondFactors' | 'antiPassback' | 'twoPerson';
type RuleOf<S extends FormSection> = NonNullable<Rules[S]>[string];
/** What there is to choose from. */
interface Choices {
  readonly terminals: readonly string[];
  readonly groups: readonly string[];
  readonly schedules: readonly string[];
}

const titles: Record<FormSection, string> = {
  schedules: 'Schedule',
  holidays: 'Holiday',
  permissions: 'Permission',
  secondFactors: 'Second factor',
  antiPassback: 'Anti-passback area',
  twoPerson: 'Two people',
};

const fresh: { readonly [S in FormSection]: RuleOf<S> } = {
  schedules: {
    periods: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:00', to: '18:00' }],
    onHolidays: 'closed',
  },
  holidays: { dates: [], hours: [] },
  permissions: {},
  secondFactors: { onlyLookAlikes: false, accept: ['pin', 'card'] },
  antiPassback: { mode: 'hard', in: [], out: [] },
  twoPerson: { withinMs: 15_000 },
};

/** One rule, to be changed; it is checked with all the others before the dialog closes. */
export function RuleForm(props: {
  readonly section: FormSection;
  /** `null` for a new one. */
  readonly name: string | null;
  readonly told: Pick<RulesTold, 'rules' | 'terminals' | 'groups'>;
  readonly onDone: (checked: RulesChecked) => void;
  readonly onClose: () => void;
}) {
  const { section, name: known, told, onDone, onClose } = props;
  const { rules } = told;
  const [name, setName] = useState(known ?? '');
  const [rule, setRule] = useState<RuleOf<FormSection>>((known !== null && rules[section]?.[known]) || fresh[section]);
  const [problems, setProblems] = useState<readonly TextProblem[]>([]);
  const choices = { terminals: told.terminals, groups: told.groups, schedules: Object.keys(rules.schedules ?? {}) };
  const put = useDoing(async (next: RuleOf<FormSection> | null) => {
    const { [known ?? '']: _before, ...others } = (rules[section] ?? {}) as Record<string, unknown>;
    const all = next === null ? others : { ...others, [name]: next };
    const { [section]: _section, ...rest } = rules;
    const whole = Object.keys(all).length === 0 ? rest : { ...rest, [section]: all };
    const checked = await ask<RulesChecked>('/api/rules/check', { method: 'POST', body: { rules: whole } });
    if (checked.problems.length > 0) return setProblems(checked.problems);
    onDone(checked);
  });
  return (
    <Dialog
      title={known === null ? `A new ${titles[section].toLowerCase()}` : `${titles[section]} ${known}`}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void put.run(rule);
        }}
      >
        <Problem of={put.error} />
        {problems.length > 0 && (
          <div class="problems" role="alert">
            <ul>
              {problems.map(({ key, says }) => (
                <li key={key + says}>
                  {key} {says}
                </li>
              ))}
            </ul>
          </div>
        )}
        <label>
          Name
          <input
            required
            maxLength={64}
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
            title="Letters, digits, dots, dashes"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <Fields {...{ section, rule, choices }} onChange={setRule} />
        <footer>
          {known !== null && (
            <button type="button" class="danger outline first" onClick={() => put.run(null)}>
              Remove
            </button>
          )}
          <button type="button" class="secondary outline" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" aria-busy={put.busy}>
            Into the draft
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function Fields(props: {
  readonly section: FormSection;
  readonly rule: RuleOf<FormSection>;
  readonly choices: Choices;
  readonly onChange: (rule: RuleOf<FormSection>) => void;
}) {
  const { section, rule, choices, onChange } = props;
  const same = { choices, onChange };
  if (section === 'schedules') return <ScheduleFields rule={rule as RuleOf<'schedules'>} onChange={onChange} />;
  if (section === 'holidays') return <HolidayFields rule={rule as RuleOf<'holidays'>} {...same} />;
  if (section === 'antiPassback') return <PassbackFields rule={rule as RuleOf<'antiPassback'>} {...same} />;
  return (
    <>
      {section === 'secondFactors' && <FactorFields rule={rule as RuleOf<'secondFactors'>} onChange={onChange} />}
      {section === 'twoPerson' && (
        <label>
          The second comes within (seconds)
          <input
            type="number"
            min={2}
            max={120}
            required
            value={(rule as RuleOf<'twoPerson'>).withinMs / 1000}
            onInput={(event) =>
              onChange({ ...(rule as RuleOf<'twoPerson'>), withinMs: Number(event.currentTarget.value) * 1000 })
            }
          />
        </label>
      )}
      <ScopeFields rule={rule as RuleOf<'permissions'>} {...same} />
    </>
  );
}

/** Whom, where, when; nothing chosen restricts nothing. */
function ScopeFields(props: {
  readonly rule: RuleOf<'permissions'>;
  readonly choices: Choices;
  readonly onChange: (rule: RuleOf<'permissions'>) => void;
}) {
  const { rule, choices, onChange } = props;
  return (
    <>
      <Several
        legend="Groups"
        none="everybody"
        of={choices.groups}
        chosen={rule.groups ?? []}
        onChange={(groups) => onChange(without({ ...rule, groups }))}
      />
      <Several
        legend="Terminals"
        none="every terminal"
        of={choices.terminals}
        chosen={rule.terminals ?? []}
        onChange={(terminals) => onChange(without({ ...rule, terminals }))}
      />
      <label>
        Schedule
        <select
          value={rule.schedule ?? ''}
          onChange={(event) => onChange(without({ ...rule, schedule: event.currentTarget.value }))}
        >
          <option value="">at any time</option>
          {choices.schedules.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </>
  );
}

/** What restricts nothing is left out. */
function without<T extends object>(rule: T): T {
  return Object.fromEntries(
    Object.entries(rule).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0)),
  ) as T;
}

function ScheduleFields({
  rule,
  onChange,
}: {
  readonly rule: RuleOf<'schedules'>;
  readonly onChange: (rule: RuleOf<'schedules'>) => void;
}) {
  const { periods } = rule;
  const set = (i: number, change: Partial<(typeof periods)[number]>) =>
    onChange({ ...rule, periods: periods.map((period, at) => (at === i ? { ...period, ...change } : period)) });
  return (
    <>
      {periods.map((period, i) => (
        <fieldset key={i} class="period">
          <legend class="hidden">Period {i + 1}</legend>
          <div class="days">
            {Object.entries(dayNames).map(([day, name]) => {
              const on = period.days.includes(day as keyof typeof dayNames);
              const days = on
                ? period.days.filter((one) => one !== day)
                : [...period.days, day as keyof typeof dayNames];
              return (
                <label key={day} class={on ? 'chip on' : 'chip'}>
                  <input
                    type="checkbox"
                    class="hidden"
                    checked={on}
                    aria-label={name}
                    onChange={() => set(i, { days })}
                  />
                  {name.slice(0, 2)}
                </label>
              );
            })}
          </div>
          <Hours {...period} label={`Period ${i + 1}`} onChange={(hours) => set(i, hours)} />
          {periods.length > 1 && (
            <button
              type="button"
              class="bare"
              aria-label={`Remove period ${i + 1}`}
              onClick={() => onChange({ ...rule, periods: periods.filter((_, at) => at !== i) })}
            >
              <Icon name="cross" />
            </button>
          )}
        </fieldset>
      ))}
      <button
        type="button"
        class="small secondary outline own-width"
        onClick={() => onChange({ ...rule, periods: [...periods, { days: ['sat'], from: '08:00', to: '12:00' }] })}
      >
        <Icon name="plus" /> Another period
      </button>
      <label class="inline">
        <input
          type="checkbox"
          checked={rule.onHolidays === 'as-usual'}
          onChange={(event) => onChange({ ...rule, onHolidays: event.currentTarget.checked ? 'as-usual' : 'closed' })}
        />
        knows no holidays
      </label>
      <small>Hours that end before they begin end on the next day.</small>
    </>
  );
}

function Hours(props: {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly onChange: (hours: { from?: string; to?: string }) => void;
}) {
  const { from, to, label, onChange } = props;
  const field = {
    required: true,
    class: 'clock',
    pattern: '([01]\\d|2[0-3]):[0-5]\\d|24:00',
    title: 'A time such as 07:30',
    placeholder: '07:30',
    maxLength: 5,
  };
  return (
    <span class="hours">
      <input
        {...field}
        aria-label={`${label} from`}
        value={from}
        onInput={(event) => onChange({ from: event.currentTarget.value })}
      />
      <span>to</span>
      <input
        {...field}
        aria-label={`${label} to`}
        value={to}
        onInput={(event) => onChange({ to: event.currentTarget.value })}
      />
    </span>
  );
}

function HolidayFields(props: {
  readonly rule: RuleOf<'holidays'>;
  readonly choices: Choices;
  readonly onChange: (rule: RuleOf<'holidays'>) => void;
}) {
  const { rule, choices, onChange } = props;
  const [dates, setDates] = useState(rule.dates.join(', '));
  const [first] = rule.hours;
  return (
    <>
      <label>
        Days
        <input
          required
          value={dates}
          placeholder="12-25, 2027-04-02"
          onInput={(event) => {
            setDates(event.currentTarget.value);
            onChange({ ...rule, dates: event.currentTarget.value.split(/[\s,]+/).filter(Boolean) });
          }}
        />
        <small>12-25 is every year, 2027-04-02 once.</small>
      </label>
      <label class="inline">
        <input
          type="checkbox"
          checked={first !== undefined}
          onChange={(event) =>
            onChange({ ...rule, hours: event.currentTarget.checked ? [{ from: '08:00', to: '12:00' }] : [] })
          }
        />
        open for some hours
      </label>
      {first && (
        <Hours
          {...first}
          label="Open"
          onChange={(hours) => onChange({ ...rule, hours: [{ ...first, ...hours }, ...rule.hours.slice(1)] })}
        />
      )}
      <Several
        legend="Schedules that it changes"
        none="all"
        of={choices.schedules}
        chosen={rule.schedules ?? []}
        onChange={(schedules) => onChange(withoutSchedules(rule, schedules))}
      />
    </>
  );
}

function withoutSchedules({ schedules: _, ...rule }: RuleOf<'holidays'>, chosen: string[]): RuleOf<'holidays'> {
  return chosen.length === 0 ? rule : { ...rule, schedules: chosen };
}

function PassbackFields(props: {
  readonly rule: RuleOf<'antiPassback'>;
  readonly choices: Choices;
  readonly onChange: (rule: RuleOf<'antiPassback'>) => void;
}) {
  const { rule, choices, onChange } = props;
  return (
    <>
      <Several
        legend="Lead in"
        none="none yet"
        of={choices.terminals}
        chosen={rule.in}
        onChange={(inward) => onChange({ ...rule, in: inward })}
      />
      <Several
        legend="Lead out"
        none="none yet"
        of={choices.terminals}
        chosen={rule.out}
        onChange={(out) => onChange({ ...rule, out })}
      />
      <label>
        Who is inside already
        <select
          value={rule.mode}
          onChange={(event) => onChange({ ...rule, mode: event.currentTarget.value as 'hard' | 'soft' })}
        >
          <option value="hard">is refused</option>
          <option value="soft">is let through, and it is written down</option>
        </select>
      </label>
      <label>
        Forgotten after (minutes)
        <input
          type="number"
          min={1}
          max={525_600}
          placeholder="never"
          value={rule.forgetAfterMin ?? ''}
          onInput={(event) => {
            const { forgetAfterMin: _, ...rest } = rule;
            const { value } = event.currentTarget;
            onChange(value === '' ? rest : { ...rest, forgetAfterMin: Number(value) });
          }}
        />
      </label>
    </>
  );
}

function FactorFields({
  rule,
  onChange,
}: {
  readonly rule: RuleOf<'secondFactors'>;
  readonly onChange: (rule: RuleOf<'secondFactors'>) => void;
}) {
  return (
    <>
      <Several
        legend="Accepted"
        none="choose one at least"
        of={['pin', 'card']}
        chosen={rule.accept}
        onChange={(accept) => onChange({ ...rule, accept: accept as ('pin' | 'card')[] })}
      />
      <label class="inline">
        <input
          type="checkbox"
          checked={rule.onlyLookAlikes}
          onChange={(event) => onChange({ ...rule, onlyLookAlikes: event.currentTarget.checked })}
        />
        only of people whom the gallery hardly tells from somebody else
      </label>
    </>
  );
}

/** Any of a few names, those that are no longer there included. */
function Several(props: {
  readonly legend: string;
  /** What it means to choose none. */
  readonly none: string;
  readonly of: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}): ComponentChildren {
  const { legend, none, of, chosen, onChange } = props;
  const all = [...new Set([...of, ...chosen])];
  return (
    <fieldset class="several">
      <legend>
        {legend} {chosen.length === 0 && <span class="quiet">{none}</span>}
      </legend>
      <div class="days">
        {all.map((one) => {
          const on = chosen.includes(one);
          return (
            <label key={one} class={on ? 'chip on' : 'chip'}>
              <input
                type="checkbox"
                class="hidden"
                checked={on}
                onChange={() => onChange(on ? chosen.filter((other) => other !== one) : [...chosen, one])}
              />
              {one}
            </label>
          );
        })}
        {all.length === 0 && <small>There are none yet.</small>}
      </div>
    </fieldset>
  );
}
