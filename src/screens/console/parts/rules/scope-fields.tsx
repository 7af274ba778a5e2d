import type { FieldsOf, RuleOf } from './kinds.ts';
import { ScheduleChoice } from './schedule-choice.tsx';
import { Several } from './several.tsx';

/** Whom, where, when; nothing chosen restricts nothing. */
export function ScopeFields({ rule, choices, onChange }: FieldsOf<'permissions'>) {
  return (
    <>
      <Several
        legend="Groups"
        none="everybody"
        of={choices.groups}
        chosen={rule.groups ?? []}
        field="groups"
        onChange={(groups) => onChange(withPart(rule, 'groups', groups))}
      />
      <Several
        legend="Terminals"
        none="every terminal"
        of={choices.terminals}
        chosen={rule.terminals ?? []}
        field="terminals"
        onChange={(terminals) => onChange(withPart(rule, 'terminals', terminals))}
      />
      <ScheduleChoice
        none="at any time"
        of={choices.schedules}
        chosen={rule.schedule ?? ''}
        onChange={(schedule) => onChange(withPart(rule, 'schedule', schedule))}
      />
    </>
  );
}

type Scope = RuleOf<'permissions'>;

/** The rule with another part of its scope; what restricts nothing is left out. */
function withPart<K extends keyof Scope>(rule: Scope, key: K, value: NonNullable<Scope[K]>): Scope {
  const { [key]: _, ...rest } = rule;
  return (value.length === 0 ? rest : { ...rest, [key]: value }) as Scope;
}
