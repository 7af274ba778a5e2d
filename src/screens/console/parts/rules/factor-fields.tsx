import type { FieldsOf } from './kinds.ts';
import { ScopeFields } from './scope-fields.tsx';
import { Several } from './several.tsx';

/** What is asked for besides the face. */
export function FactorFields({ rule, choices, onChange }: FieldsOf<'secondFactors'>) {
  return (
    <>
      <Several
        legend="Accepted"
        none="choose one at least"
        of={['pin', 'card']}
        chosen={rule.accept}
        field="accept"
        onChange={(accept) => onChange({ ...rule, accept: accept as ('pin' | 'card')[] })}
      />
      <label class="inline">
        <input
          type="checkbox"
          checked={rule.onlyLookAlikes}
          onChange={(event) => onChange({ ...rule, onlyLookAlikes: event.currentTarget.checked })}
        />
        only of people whom the gallery hardly tells from somebody else
      </label>
      <ScopeFields rule={rule} choices={choices} onChange={(scope) => onChange(scope as typeof rule)} />
    </>
  );
}
