import { hasFace } from '../../domain/person.ts';
import type { DenialReason } from '../../domain/verdict.ts';
import { named, usualAnswerMs } from './rules.ts';
import { applies, type Finding, type Situation } from './situation.ts';
import { missingWithoutFace, type Proof, proofsOf, wayWithoutFace } from './without-face.ts';

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
  return withoutFace(situation) ?? demandsMet(situation);
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

/** Passes once every rule that applies here is content: a lax one takes nothing back of what another asks for. */
function demandsMet(situation: Situation): Finding {
  const { proven, person, lockedMs } = situation;
  const demands = demandsOn(situation);
  const rule = 'second-factor';
  const unmet = demands.filter(({ accept }) => !accept.some((factor) => proven.has(factor)));
  const [first] = unmet;
  if (first === undefined) {
    const given = new Set(demands.flatMap(({ accept }) => accept.find((factor) => proven.has(factor)) ?? []));
    const says =
      given.size === 0 ? 'No second factor is asked for.' : `The second factor was given: ${[...given].join(' and ')}.`;
    return { rule, by: demands[0]?.by ?? null, outcome: 'passes', says };
  }
  const refuses = ({ by }: Demand, reason: DenialReason, says: string): Finding => ({
    ...{ rule, by, outcome: 'refuses', reason, says },
  });
  if (lockedMs > 0) {
    const says = `A second factor is needed (${first.why}), and locked out for ${Math.ceil(lockedMs / 1000)} s.`;
    return refuses(first, 'locked-out', says);
  }
  const has = proofsOf(person);
  const unmeetable = unmet.find(({ accept }) => !accept.some((factor) => has.includes(factor)));
  if (unmeetable !== undefined) {
    const { accept, why } = unmeetable;
    return refuses(
      unmeetable,
      'second-factor',
      `${accept.join(' or ')} is needed (${why}), and ${person.name} has none.`,
    );
  }
  return asking(first, unmet, situation);
}

/** What a rule asks for in a situation. */
interface Demand {
  readonly by: string;
  readonly accept: readonly Proof[];
  readonly why: string;
}

function demandsOn(situation: Situation): Demand[] {
  const { rules, person, lookAlike } = situation;
  return named(rules.secondFactors).flatMap(([name, rule]) => {
    const { accept, onlyLookAlikes } = rule;
    if (!applies(rule, situation) || (onlyLookAlikes && lookAlike === null)) return [];
    const why = onlyLookAlikes ? `${person.name} is hardly told from ${lookAlike}` : `${name} asks for it`;
    return [{ by: `secondFactors.${name}`, accept, why }];
  });
}

function asking({ by }: Demand, unmet: readonly Demand[], { person, rules }: Situation): Finding {
  const has = proofsOf(person);
  const questions = inTurn(unmet);
  const withinS = Math.round((rules.answerWithinMs ?? usualAnswerMs) / 1000);
  const told = questions.map(({ accept, why }, turn) => {
    const answers = accept.filter((factor) => has.includes(factor)).join(' or ');
    return `${answers}${turn === 0 ? ` is needed within ${withinS} s` : ''} (${why})`;
  });
  return {
    ...{ rule: 'second-factor', by, outcome: 'asks', reason: 'second-factor' },
    accept: questions[0]?.accept ?? [],
    says: `${told.join(', then ')}.`,
  };
}

/** What to ask for, one thing after the other: what is an answer to several demands is asked for once. */
function inTurn([first, ...others]: readonly Demand[]): Omit<Demand, 'by'>[] {
  if (first === undefined) return [];
  const common = (accept: readonly Proof[], other: Demand) => {
    const answers = accept.filter((factor) => other.accept.includes(factor));
    return answers.length > 0 ? answers : accept;
  };
  const accept = others.reduce(common, first.accept);
  const isMet = (other: Demand) => other.accept.some((factor) => accept.includes(factor));
  const why = [first, ...others.filter(isMet)].map(({ why }) => why).join(', ');
  return [{ accept, why }, ...inTurn(others.filter((other) => !isMet(other)))];
}
