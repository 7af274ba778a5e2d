import { WrongAt } from './wrong-at.tsx';

/** A number of a rule, in a unit that people count in. */
export function NumberField(props: {
  readonly label: string;
  /** What the rule calls it. */
  readonly field: string;
  readonly value: number | undefined;
  /** How much of the rule's unit is one here: 1000 for seconds of what is kept in milliseconds. */
  readonly unit?: number;
  /** In the unit of the field. */
  readonly least: number;
  readonly most: number;
  /** What is so while it is empty; left out, it has to be filled. */
  readonly otherwise?: string;
  /** What it means, below it. */
  readonly hint?: string;
  readonly onChange: (value: number | undefined) => void;
}) {
  const { label, field, value, unit = 1, least, most, otherwise, hint, onChange } = props;
  return (
    <label>
      {label}
      <input
        type="number"
        min={least}
        max={most}
        step={unit === 1 ? 1 : 'any'}
        required={otherwise === undefined}
        placeholder={otherwise ?? ''}
        value={value === undefined ? '' : value / unit}
        onInput={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : Math.round(Number(currentTarget.value) * unit))
        }
      />
      {hint && <small>{hint}</small>}
      <WrongAt field={field} />
    </label>
  );
}
