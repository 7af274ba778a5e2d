import { signal } from '@preact/signals';

/** Days of a report, both included, `YYYY-MM-DD`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** What is looked at, on every page of the attendance. */
export const period = signal<Period>(monthOf(new Date()));

/** The calendar month of a day, where the browser is. */
export function monthOf(day: Date, months = 0): Period {
  const [year, month] = [day.getFullYear(), day.getMonth() + months];
  return { from: dayText(new Date(year, month, 1)), to: dayText(new Date(year, month + 1, 0)) };
}

function weekOf(day: Date, weeks = 0): Period {
  const monday = new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7) + 7 * weeks);
  return {
    from: dayText(monday),
    to: dayText(new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + 6)),
  };
}

function dayText(day: Date): string {
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
}

const usual: readonly (readonly [name: string, of: () => Period])[] = [
  ['This week', () => weekOf(new Date())],
  ['Last week', () => weekOf(new Date(), -1)],
  ['This month', () => monthOf(new Date())],
  ['Last month', () => monthOf(new Date(), -1)],
];

/** From a day to a day, or one of the usual periods. */
export function PeriodFields() {
  const { from, to } = period.value;
  const chosen = usual.find(([, of]) => of().from === from && of().to === to)?.[0] ?? '';
  return (
    <>
      <select
        aria-label="Period"
        value={chosen}
        onChange={(event) => {
          const named = usual.find(([name]) => name === event.currentTarget.value);
          if (named) period.value = named[1]();
        }}
      >
        <option value="" disabled>
          Other days
        </option>
        {usual.map(([name]) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <input type="date" aria-label="First day" required value={from} onChange={set('from')} />
      <input type="date" aria-label="Last day" required value={to} onChange={set('to')} />
    </>
  );
}

const set = (key: keyof Period) => (event: { currentTarget: HTMLInputElement }) => {
  const { value } = event.currentTarget;
  if (value !== '') period.value = { ...period.value, [key]: value };
};

/** `Mon 2 March` */
export function dayInWords(day: string): string {
  return new Date(`${day}T12:00`).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'long' });
}
