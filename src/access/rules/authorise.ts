import { isDeepStrictEqual } from 'node:util';
import { interlock } from './interlock.ts';
import { antiPassback } from './passback.ts';
import { permission } from './permission.ts';
import { lockOut, secondFactor } from './second-factor.ts';
import type { Finding, Situation } from './situation.ts';
import { twoPerson } from './two-person.ts';
import { validity } from './validity.ts';

/**
 * Every rule, in the order in which a refusal is told. The two-person rule comes last: whoever counts as one of two has
 * to be somebody who may pass.
 */
const everyRule: readonly ((situation: Situation) => Finding)[] = [
  validity,
  permission,
  antiPassback,
  interlock,
  lockOut,
  secondFactor,
  twoPerson,
];

/** What the rules say together. */
export interface Decision {
  readonly outcome: 'pass' | 'refuse' | 'ask';
  /** The finding that decided; `null` when everybody agreed. */
  readonly decisive: Finding | null;
  /** What each rule said, in order, those after the decisive one as well. */
  readonly findings: readonly Finding[];
}

/**
 * May this person pass this door now? Pure: the same situation always gives the same decision, at the door and in
 * `limen access explain`.
 */
export function authorise(situation: Situation): Decision {
  return decisionOn(everyRule.map((rule) => rule(situation)));
}

/** The decision of two sets of rules that contradict each other: what either of them refuses, or asks for. */
export function both(a: Decision, b: Decision): Decision {
  const others = b.findings.filter((one) => !a.findings.some((same) => isDeepStrictEqual(one, same)));
  return decisionOn([...a.findings, ...others]);
}

function decisionOn(findings: readonly Finding[]): Decision {
  const refusals = findings.filter(({ outcome }) => outcome === 'refuses');
  const refusing = refusals.find(({ rule }) => rule !== 'two-person') ?? refusals[0];
  const asking = findings.find(({ outcome }) => outcome === 'asks');
  // Nobody is asked for a PIN at a door that will not open for them anyway; a companion may still come meanwhile.
  const decisive = refusing !== undefined && refusing.rule !== 'two-person' ? refusing : (asking ?? refusing ?? null);
  const outcome = decisive === null ? 'pass' : decisive.outcome === 'asks' ? 'ask' : 'refuse';
  return { outcome, decisive, findings };
}
