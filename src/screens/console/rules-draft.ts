import { computed, effect, signal } from '@preact/signals';
import type { RulesTold, TextProblem } from '../../console/answers/rules.ts';
import { session } from './state.ts';

/** Rules that somebody has changed and not published. */
export interface RulesDraft {
  /** The version of the rules that it was begun on. */
  readonly basedOn: number;
  readonly text: string;
  /** What the text says, or said when it last made sense. */
  readonly rules: RulesTold['rules'];
  /** Whether `rules` is what the text says now. */
  readonly isRead: boolean;
  readonly problems: readonly TextProblem[];
}

interface Kept {
  readonly account: string;
  readonly draft: RulesDraft;
}

/** In the session of this tab: a reload keeps it, and no other tab, nor a browser that was closed, has it. */
const key = 'limen-rules-draft';

const kept = signal<Kept | null>(fromStorage());

/** The draft of whoever is signed in; `null` where they have none. */
export const rulesDraft = computed<RulesDraft | null>(() =>
  kept.value !== null && kept.value.account === session.value?.name ? kept.value.draft : null,
);

/** Keep a draft; it outlives the page, a reload, and a session that has run out, but no sign-out. */
export function keepRulesDraft(draft: RulesDraft): void {
  const account = session.value?.name;
  if (account != null) put({ account, draft });
}

/** Throw it away. */
export function dropRulesDraft(): void {
  put(null);
}

// It is nothing to whoever signs in next.
effect(() => {
  const here = session.value;
  if (here?.state === 'signed-in' && kept.value !== null && kept.value.account !== here.name) dropRulesDraft();
});

function put(next: Kept | null): void {
  kept.value = next;
  try {
    if (next === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(next));
  } catch {
    // No room, or none allowed: then a reload loses it, and nothing else does.
  }
}

/** What an older page has left there may be shaped otherwise: it is then no draft. */
function fromStorage(): Kept | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null;
    const { basedOn, text, rules, problems } = found?.draft ?? ({} as Partial<RulesDraft>);
    const isOne = typeof basedOn === 'number' && typeof text === 'string' && Array.isArray(problems) && !!rules;
    return isOne && typeof found?.account === 'string' ? found : null;
  } catch {
    return null;
  }
}
