import { named } from './rules.ts';
import { applies, type Finding, type Situation } from './situation.ts';

/** Two different people who may both pass, one soon after the other. */
export function twoPerson(situation: Situation): Finding {
  const { person, companion, rules } = situation;
  const rule = 'two-person';
  const demands = named(rules.twoPerson).filter(([, one]) => applies(one, situation));
  // Every rule has to be content, and the one with the least time is content last.
  const [name, demand] = demands.sort(([, a], [, b]) => a.withinMs - b.withinMs)[0] ?? [];
  if (name === undefined || demand === undefined)
    return { rule, by: null, outcome: 'passes', says: 'One person is enough.' };
  const by = `twoPerson.${name}`;
  const withinS = Math.round(demand.withinMs / 1000);
  if (companion === undefined)
    return { rule, by, outcome: 'depends', says: `A second person who may pass has to come within ${withinS} s.` };
  if (companion !== null && companion.person.id !== person.id && companion.agoMs <= demand.withinMs)
    return { rule, by, outcome: 'passes', says: `Together with ${companion.person.name}.` };
  return {
    rule,
    by,
    outcome: 'refuses',
    reason: 'two-person',
    withinMs: demand.withinMs,
    says: `A second person has to come within ${withinS} s.`,
  };
}
