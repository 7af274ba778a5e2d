import type { FieldsOf } from './kinds.ts';
import { NumberField } from './number-field.tsx';
import { ScopeFields } from './scope-fields.tsx';

/** Where two people are needed. */
export function TwoPersonFields({ rule, choices, onChange }: FieldsOf<'twoPerson'>) {
  return (
    <>
      <NumberField
        {...{ label: 'The second comes within (seconds)', field: 'withinMs', unit: 1000, least: 2, most: 120 }}
        value={rule.withinMs}
        onChange={(withinMs = 0) => onChange({ ...rule, withinMs })}
      />
      <ScopeFields rule={rule} choices={choices} onChange={(scope) => onChange(scope as typeof rule)} />
    </>
  );
}
