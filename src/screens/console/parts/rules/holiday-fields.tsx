import { useState } from 'preact/hooks';
import { Hours } from './hours.tsx';
import type { FieldsOf, RuleOf } from './kinds.ts';
import { Several } from './several.tsx';
import { WrongAt } from './wrong-at.tsx';

/** Days that are not like others. */
export function HolidayFields({ rule, choices, onChange }: FieldsOf<'holidays'>) {
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
        <WrongAt field="dates" />
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
      <WrongAt field="hours" />
      <Several
        legend="Schedules that it changes"
        none="all"
        of={choices.schedules}
        chosen={rule.schedules ?? []}
        field="schedules"
        onChange={(schedules) => onChange(withSchedules(rule, schedules))}
      />
    </>
  );
}

function withSchedules({ schedules: _, ...rule }: RuleOf<'holidays'>, chosen: string[]): RuleOf<'holidays'> {
  return chosen.length === 0 ? rule : { ...rule, schedules: chosen };
}
