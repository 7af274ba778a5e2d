import type { FieldsOf } from './kinds.ts';
import { NumberField } from './number-field.tsx';
import { Several } from './several.tsx';

/** An area that nobody enters twice without leaving. */
export function PassbackFields({ rule, choices, onChange }: FieldsOf<'antiPassback'>) {
  const { forgetAfterMin, ...rest } = rule;
  return (
    <>
      <Several
        legend="Lead in"
        none="choose one at least"
        of={choices.terminals}
        chosen={rule.in}
        field="in"
        onChange={(inward) => onChange({ ...rule, in: inward })}
      />
      <Several
        legend="Lead out"
        none="choose one at least"
        of={choices.terminals}
        chosen={rule.out}
        field="out"
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
      <NumberField
        {...{
          label: 'Forgotten after (minutes)',
          field: 'forgetAfterMin',
          least: 1,
          most: 525_600,
          otherwise: 'never',
        }}
        value={forgetAfterMin}
        onChange={(minutes) => onChange(minutes === undefined ? rest : { ...rest, forgetAfterMin: minutes })}
      />
    </>
  );
}
