import { WrongAt } from './wrong-at.tsx';

/** One of the schedules; the one that a rule names stays to be seen when it is gone. */
export function ScheduleChoice(props: {
  readonly of: readonly string[];
  readonly chosen: string;
  /** What it means to choose none; left out, one has to be chosen. */
  readonly none?: string;
  readonly onChange: (schedule: string) => void;
}) {
  const { of, chosen, none, onChange } = props;
  const all = [...new Set([...of, ...(chosen === '' ? [] : [chosen])])];
  return (
    <label>
      Schedule
      <select value={chosen} required={none === undefined} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{none ?? 'choose one'}</option>
        {all.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      {of.length === 0 && none === undefined && <small>There is none yet: add a schedule first.</small>}
      <WrongAt field="schedule" />
    </label>
  );
}
