import { useState } from 'preact/hooks';
import type { RulesChecked } from '../../../../console/answers/rules.ts';
import type { Rules } from './kinds.ts';
import { type LockOut, LockOutFields } from './lock-out-fields.tsx';
import { NumberField } from './number-field.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { TimeZoneField } from './time-zone-field.tsx';
import { useCheck } from './use-check.ts';
import { WrongAt, Wrongs } from './wrong-at.tsx';

/** What {@link BesidesForm} changes. */
type Besides = Pick<Rules, 'timeZone' | 'withoutFace' | 'withoutFaceFor' | 'answerWithinMs'> & {
  readonly lockOut?: LockOut | undefined;
};

/** Rules of which there is one for the whole site: its clock, waits after failures, and what goes without a face. */
export function BesidesForm(props: {
  readonly rules: Rules;
  readonly onDone: (checked: RulesChecked) => void;
  readonly onClose: () => void;
}) {
  const { rules, onDone, onClose } = props;
  const { timeZone, lockOut, withoutFace, withoutFaceFor, answerWithinMs, ...named } = rules;
  const [besides, setBesides] = useState<Besides>({ timeZone, lockOut, withoutFace, withoutFaceFor, answerWithinMs });
  const checking = useCheck(onDone);
  const change = (part: Besides) => setBesides({ ...besides, ...part });
  return (
    <RuleDialog
      {...{ ...checking, onClose, title: 'For the whole site' }}
      onPut={() => void checking.run({ ...named, ...said(besides) })}
    >
      <Wrongs
        of={checking.problems}
        within=""
        fields={['timeZone', 'lockOut', 'withoutFace', 'withoutFaceFor', 'answerWithinMs']}
      >
        <p class="quiet">
          What is left empty the hub does not say: it is then as limen, or the terminal's own file, has it.
        </p>
        <TimeZoneField value={besides.timeZone ?? ''} onChange={(zone) => change({ timeZone: zone || undefined })} />
        <LockOutFields value={besides.lockOut ?? {}} onChange={(next) => change({ lockOut: next })} />
        <NumberField
          {...{
            label: 'Time for the second factor (seconds)',
            field: 'answerWithinMs',
            unit: 1000,
            least: 3,
            most: 120,
          }}
          {...{ otherwise: '20', value: besides.answerWithinMs }}
          onChange={(next) => change({ answerWithinMs: next })}
        />
        <label>
          Passing without a face
          <select
            value={besides.withoutFace ?? ''}
            onChange={(event) =>
              change({ withoutFace: (event.currentTarget.value || undefined) as Besides['withoutFace'] })
            }
          >
            <option value="">not said: never</option>
            <option value="never">never</option>
            <option value="card-and-pin">by card and PIN</option>
            <option value="id-and-pin">by id and PIN</option>
          </select>
          <small>For who is enrolled without a face, and for where the camera or the light fails.</small>
          <WrongAt field="withoutFace" />
        </label>
        <label>
          For whom that is
          <select
            value={besides.withoutFaceFor ?? ''}
            onChange={(event) =>
              change({ withoutFaceFor: (event.currentTarget.value || undefined) as Besides['withoutFaceFor'] })
            }
          >
            <option value="">not said: everybody</option>
            <option value="everybody">everybody</option>
            <option value="those-without">only who is enrolled without a face</option>
          </select>
          <WrongAt field="withoutFaceFor" />
        </label>
      </Wrongs>
    </RuleDialog>
  );
}

/** What is said, without what is not: JSON leaves out what is undefined. */
function said({ lockOut, ...plain }: Besides): Partial<Rules> {
  const isSaid = lockOut !== undefined && Object.keys(lockOut).length > 0;
  // The server fills in what of the lock-out is left out.
  return { ...plain, ...(isSaid && { lockOut: lockOut as NonNullable<Rules['lockOut']> }) };
}
