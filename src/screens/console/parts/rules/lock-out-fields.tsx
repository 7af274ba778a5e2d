import type { Rules } from './kinds.ts';
import { NumberField } from './number-field.tsx';

/** What of the lock-out the hub says; what is left out is as limen has it. */
export type LockOut = Partial<NonNullable<Rules['lockOut']>>;

/** What is so where nothing is said. */
export const usualLockOut = { attempts: 5, terminalAttempts: 20, firstMs: 60_000, mostMs: 3_600_000 };

/** How long PINs and cards are refused after failures. */
export function LockOutFields(props: { readonly value: LockOut; readonly onChange: (value: LockOut) => void }) {
  const { value, onChange } = props;
  const of = (key: keyof LockOut) => ({
    ...{ field: `lockOut.${key}`, value: value[key] },
    onChange: (next: number | undefined) => {
      const { [key]: _, ...rest } = value;
      onChange(next === undefined ? rest : { ...rest, [key]: next });
    },
  });
  const { attempts, terminalAttempts, firstMs, mostMs } = usualLockOut;
  return (
    <fieldset class="several">
      <legend>After wrong PINs and cards</legend>
      <div class="pair">
        <NumberField
          {...{ label: 'Failures of a person', least: 1, most: 20, otherwise: String(attempts) }}
          {...of('attempts')}
        />
        <NumberField
          {...{ label: 'Failures at a terminal', least: 1, most: 200, otherwise: String(terminalAttempts) }}
          {...of('terminalAttempts')}
        />
      </div>
      <div class="pair">
        <NumberField
          {...{ label: 'First wait (seconds)', unit: 1000, least: 1, most: 3600 }}
          {...{ otherwise: String(firstMs / 1000), ...of('firstMs') }}
        />
        <NumberField
          {...{ label: 'Longest wait (minutes)', unit: 60_000, least: 1 / 60, most: 1440 }}
          {...{ otherwise: String(mostMs / 60_000), ...of('mostMs') }}
        />
      </div>
      <small>Each further wait is twice as long as the one before.</small>
    </fieldset>
  );
}
