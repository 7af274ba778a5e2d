import { WrongAt } from './wrong-at.tsx';

/** The zone of the clock on the wall, at every door of the site. */
export function TimeZoneField(props: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { value, onChange } = props;
  return (
    <label>
      Time zone
      <input
        list="time-zones"
        maxLength={64}
        autocomplete="off"
        placeholder="UTC"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value.trim())}
      />
      <datalist id="time-zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <small>Hours of schedules are those of this clock: Europe/Berlin, Asia/Ho_Chi_Minh.</small>
      <WrongAt field="timeZone" />
    </label>
  );
}
