import { named } from './rules.ts';
import type { Finding, Situation } from './situation.ts';

/** Doors that are never open together. What is not known about another door counts as open. */
export function interlock({ rules, terminal, otherDoor }: Situation): Finding {
  const rule = 'interlock';
  const locks = named(rules.interlocks).filter(([, { terminals }]) => terminals.includes(terminal));
  const [first] = locks;
  if (first === undefined)
    return { rule, by: null, outcome: 'passes', says: 'This door is interlocked with no other.' };
  const others = (terminals: readonly string[]) => terminals.filter((other) => other !== terminal);
  if (otherDoor === null) {
    const says = `At that moment ${others(first[1].terminals).join(' and ')} must be known to be closed.`;
    return { rule, by: `interlocks.${first[0]}`, outcome: 'depends', says };
  }
  for (const [name, { terminals, staleAfterMs }] of locks) {
    for (const other of others(terminals)) {
      const state = otherDoor(other, staleAfterMs);
      if (state === 'closed') continue;
      const says =
        state === 'open'
          ? `${other} is open.`
          : `Nothing was heard of ${other} for ${Math.round(staleAfterMs / 1000)} s.`;
      return { rule, by: `interlocks.${name}`, outcome: 'refuses', reason: 'interlock', says };
    }
  }
  return {
    rule,
    by: `interlocks.${first[0]}`,
    outcome: 'passes',
    says: 'Every other door of the interlock is closed.',
  };
}
