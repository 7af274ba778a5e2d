import type { FieldsOf } from './kinds.ts';
import { NumberField } from './number-field.tsx';
import { Several } from './several.tsx';

/** Doors that are never open together: the two of an air lock, for example. */
export function InterlockFields({ rule, choices, onChange }: FieldsOf<'interlocks'>) {
  return (
    <>
      <Several
        legend="Doors"
        none="choose two at least"
        of={choices.terminals}
        chosen={rule.terminals}
        field="terminals"
        onChange={(terminals) => onChange({ ...rule, terminals })}
      />
      <small>One opens only while the others are known to be closed.</small>
      <NumberField
        {...{ label: 'What was heard of another door is true for (seconds)', field: 'staleAfterMs' }}
        {...{ unit: 1000, least: 15, most: 300, hint: 'Then this door stays shut until it hears of the other again.' }}
        value={rule.staleAfterMs}
        onChange={(staleAfterMs = 0) => onChange({ ...rule, staleAfterMs })}
      />
    </>
  );
}
