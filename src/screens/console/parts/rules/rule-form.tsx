import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import type { RulesChecked, RulesTold } from '../../../../console/answers/rules.ts';
import { FactorFields } from './factor-fields.tsx';
import { FreeAccessFields } from './free-access-fields.tsx';
import { HolidayFields } from './holiday-fields.tsx';
import { InterlockFields } from './interlock-fields.tsx';
import { type FieldsOf, fresh, type NamedSection, type RuleOf, titles } from './kinds.ts';
import { PassbackFields } from './passback-fields.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { ScheduleFields } from './schedule-fields.tsx';
import { ScopeFields } from './scope-fields.tsx';
import { TwoPersonFields } from './two-person-fields.tsx';
import { useCheck } from './use-check.ts';
import { Wrongs } from './wrong-at.tsx';

const scope = ['groups', 'terminals', 'schedule'];

/** The fields of each kind of rule, and which of the rule's keys tell themselves what is wrong with them. */
const kinds: {
  readonly [S in NamedSection]: { readonly fields: ComponentType<FieldsOf<S>>; readonly keys: readonly string[] };
} = {
  schedules: { fields: ScheduleFields, keys: ['periods'] },
  holidays: { fields: HolidayFields, keys: ['dates', 'hours', 'schedules'] },
  permissions: { fields: ScopeFields, keys: scope },
  secondFactors: { fields: FactorFields, keys: ['accept', ...scope] },
  antiPassback: { fields: PassbackFields, keys: ['in', 'out', 'forgetAfterMin'] },
  twoPerson: { fields: TwoPersonFields, keys: ['withinMs', ...scope] },
  interlocks: { fields: InterlockFields, keys: ['terminals', 'staleAfterMs'] },
  freeAccess: { fields: FreeAccessFields, keys: ['terminals', 'schedule', 'afterGroups'] },
};

/** One rule with a name, to be changed; it is checked with all the others before the dialog closes. */
export function RuleForm(props: {
  readonly section: NamedSection;
  /** `null` for a new one. */
  readonly name: string | null;
  readonly told: Pick<RulesTold, 'rules' | 'terminals' | 'groups'>;
  readonly onDone: (checked: RulesChecked) => void;
  readonly onClose: () => void;
}) {
  const { section, name: known, told, onDone, onClose } = props;
  const { rules } = told;
  const [name, setName] = useState(known ?? '');
  const [rule, setRule] = useState<RuleOf<NamedSection>>((known !== null && rules[section]?.[known]) || fresh[section]);
  const checking = useCheck(onDone);
  const choices = { terminals: told.terminals, groups: told.groups, schedules: Object.keys(rules.schedules ?? {}) };
  const isTaken = name !== known && Object.hasOwn(rules[section] ?? {}, name);
  const put = (next: RuleOf<NamedSection> | null) => {
    if (isTaken && next !== null) return;
    const { [known ?? '']: _before, ...others } = (rules[section] ?? {}) as Record<string, unknown>;
    const all = next === null ? others : { ...others, [name]: next };
    const { [section]: _section, ...rest } = rules;
    void checking.run(Object.keys(all).length === 0 ? rest : { ...rest, [section]: all });
  };
  const { keys } = kinds[section];
  // Which rule belongs to which fields is known by the table, and lost on the compiler.
  const Fields = kinds[section].fields as ComponentType<FieldsOf<NamedSection>>;
  return (
    <RuleDialog
      {...{ ...checking, onClose }}
      title={known === null ? `A new ${titles[section].toLowerCase()}` : `${titles[section]} ${known}`}
      onPut={() => put(rule)}
      onRemove={known === null ? undefined : () => put(null)}
    >
      <Wrongs of={checking.problems} within={`${section}.${name}.`} fields={keys}>
        <label>
          Name
          <input
            required
            maxLength={64}
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
            title="Letters, digits, dots, dashes"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          {isTaken && (
            <small class="wrong" role="alert">
              There is one of this name already: choose another.
            </small>
          )}
        </label>
        <Fields rule={rule} choices={choices} onChange={setRule} />
      </Wrongs>
    </RuleDialog>
  );
}
