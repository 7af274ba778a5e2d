import type { FieldsOf, RuleOf } from './kinds.ts';
import { ScheduleChoice } from './schedule-choice.tsx';
import { Several } from './several.tsx';

/** When a door is left open. */
export function FreeAccessFields({ rule, choices, onChange }: FieldsOf<'freeAccess'>) {
  return (
    <>
      <Several
        legend="Doors"
        none="choose one at least"
        of={choices.terminals}
        chosen={rule.terminals}
        field="terminals"
        onChange={(terminals) => onChange({ ...rule, terminals })}
      />
      <ScheduleChoice
        of={choices.schedules}
        chosen={rule.schedule}
        onChange={(schedule) => onChange({ ...rule, schedule })}
      />
      <Several
        legend="Only once somebody has come of"
        none="nobody: it opens by the clock"
        of={choices.groups}
        chosen={rule.afterGroups ?? []}
        field="afterGroups"
        onChange={(groups) => onChange(withGroups(rule, groups))}
      />
      <small>
        The terminal's own file has to let it: <code>door.longestHoldMs</code> says for how long at most.
      </small>
    </>
  );
}

function withGroups({ afterGroups: _, ...rule }: RuleOf<'freeAccess'>, chosen: string[]): RuleOf<'freeAccess'> {
  return chosen.length === 0 ? rule : { ...rule, afterGroups: chosen };
}
