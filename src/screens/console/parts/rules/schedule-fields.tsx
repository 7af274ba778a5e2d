import { Icon } from '../icon.tsx';
import { dayNames } from '../week.tsx';
import { Hours } from './hours.tsx';
import type { FieldsOf, RuleOf } from './kinds.ts';
import { WrongAt } from './wrong-at.tsx';

type Period = RuleOf<'schedules'>['periods'][number];

/** When something is so, week after week. */
export function ScheduleFields({ rule, onChange }: FieldsOf<'schedules'>) {
  const { periods } = rule;
  const set = (i: number, change: Partial<Period>) =>
    onChange({ ...rule, periods: periods.map((period, at) => (at === i ? { ...period, ...change } : period)) });
  return (
    <>
      {periods.map((period, i) => (
        <fieldset key={i} class="period">
          <legend class="hidden">Period {i + 1}</legend>
          <Days of={period.days} onChange={(days) => set(i, { days })} />
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
          <WrongAt field={`periods.${i}`} />
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

function Days({ of, onChange }: { readonly of: Period['days']; readonly onChange: (days: Period['days']) => void }) {
  return (
    <div class="days">
      {(Object.entries(dayNames) as [Period['days'][number], string][]).map(([day, name]) => {
        const on = of.includes(day);
        return (
          <label key={day} class={on ? 'chip on' : 'chip'}>
            <input
              type="checkbox"
              class="hidden"
              checked={on}
              aria-label={name}
              onChange={() => onChange(on ? of.filter((one) => one !== day) : [...of, day])}
            />
            {name.slice(0, 2)}
          </label>
        );
      })}
    </div>
  );
}
