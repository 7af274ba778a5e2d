/** From when to when, on the clock of the site. */
export function Hours(props: {
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
