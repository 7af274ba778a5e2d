import { useState } from 'preact/hooks';
import type { RulesChecked, TextProblem } from '../../../../console/answers/rules.ts';
import { ask } from '../../server.ts';
import { useDoing } from '../doing.tsx';
import type { Rules } from './kinds.ts';

/** Have the server check a whole set of rules, as it does before they are published; `onRight` gets what is right. */
export function useCheck(onRight: (checked: RulesChecked) => void) {
  const [problems, setProblems] = useState<readonly TextProblem[]>([]);
  const checking = useDoing(async (rules: Rules) => {
    // JSON is YAML as well; what comes back is the text as limen writes it.
    const text = JSON.stringify(rules);
    const checked = await ask<RulesChecked>('/api/rules/check', { method: 'POST', body: { text } });
    setProblems(checked.problems);
    if (checked.problems.length === 0) onRight(checked);
  });
  return { ...checking, problems };
}
