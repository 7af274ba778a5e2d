import { hasFace } from '../../domain/person.ts';
import { named, type SecondFactorRule, usualAnswerMs } from './rules.ts';
import { applies, type Finding, type Situation } from './situation.ts';
import { missingWithoutFace, wayWithoutFace } from './without-face.ts';

/** Whether PINs and cards are refused for a while, after too many failures. A face alone is not held back by that. */
export function lockOut({ person, lockedMs, proven }: Situation): Finding {
  const rule = 'lock-out';
  if (lockedMs <= 0)
    return { rule, by: null, outcome: 'passes', says: `No PIN or card of ${person.name} is locked out.` };
  const wait = `PIN and card of ${person.name} are refused for another ${Math.ceil(lockedMs / 1000)} s, after too many failures`;
  if (!proven.has('pin') && !proven.has('card')) {
    return { rule, by: 'lockOut', outcome: 'passes', says: `${wait}; the face alone is not.` };
  }
  return { rule, by: 'lockOut', outcome: 'refuses', reason: 'locked-out', says: `${wait}.` };
}

/** What has to be proven besides the face. */
export function secondFactor(situation: Situation): Finding {
  const demand = demandOn(situation);
  return withoutFace(situation) ?? demandMet(situation, demand);
}

/** The rule that asks for a second factor in this situation. */
export function demandOn(situation: Situation): readonly [name: string, rule: SecondFactorRule] | null {
  const asked = ([, rule]: readonly [string, SecondFactorRule]) =>
    applies(rule, situation) && (!rule.onlyLookAlikes || situation.lookAlike !== null);
  return named(situation.rules.secondFactors).find(asked) ?? null;
}

/** Card and PIN in place of a face, where the site allows that; `null` where the face was seen. */
function withoutFace({ proven, rules, person, afterRefusal }: Situation): Finding | null {
  if (proven.has('face') && hasFace(person)) return null;
  const rule = 'second-factor';
  if (afterRefusal !== undefined)
    return {
      ...{ rule, by: 'punch.fallback', outcome: 'passes' },
      says: `Proven by ${[...proven].join(' and ')}, after the face was refused (${afterRefusal}): this time clock takes that.`,
    };
  const by = 'withoutFace';
  if (missingWithoutFace(person, proven, rules)?.length === 0)
    return {
      rule,
      by,
      outcome: 'passes',
      says: `Proven by ${[...proven].join(' and ')}: this site allows that without a face.`,
    };
  const way = wayWithoutFace(person, rules);
  const yetToCome = way.suffices ? ` So far: ${[...proven].join(' and ') || 'nothing'}.` : '';
  const says = hasFace(person) ? `The face of ${person.name} was not seen.` : `${way.says}${yetToCome}`;
  return { rule, by, outcome: 'refuses', reason: 'second-factor', says };
}

function demandMet(situation: Situation, demand: ReturnType<typeof demandOn>): Finding {
  const { proven, person, lockedMs, rules, lookAlike } = situation;
  const rule = 'second-factor';
  if (demand === null) return { rule, by: null, outcome: 'passes', says: 'No second factor is asked for.' };
  const [name, { accept, onlyLookAlikes }] = demand;
  const by = `secondFactors.${name}`;
  const given = accept.find((factor) => proven.has(factor));
  if (given !== undefined) return { rule, by, outcome: 'passes', says: `The second factor was given: ${given}.` };
  const why = onlyLookAlikes ? `${person.name} is hardly told from ${lookAlike}` : `${name} asks for it`;
  if (lockedMs > 0)
    return {
      rule,
      by,
      outcome: 'refuses',
      reason: 'locked-out',
      says: `A second factor is needed (${why}), and locked out for ${Math.ceil(lockedMs / 1000)} s.`,
    };
  const has = accept.filter((factor) =>
    factor === 'pin' ? person.pinHash !== undefined : (person.cards ?? []).length > 0,
  );
  if (has.length === 0)
    return {
      rule,
      by,
      outcome: 'refuses',
      reason: 'second-factor',
      says: `${accept.join(' or ')} is needed (${why}), and ${person.name} has none.`,
    };
  const withinS = Math.round((rules.answerWithinMs ?? usualAnswerMs) / 1000);
  return {
    rule,
    by,
    outcome: 'asks',
    reason: 'second-factor',
    says: `${has.join(' or ')} is needed within ${withinS} s (${why}).`,
  };
}
