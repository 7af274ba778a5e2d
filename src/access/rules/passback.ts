import { type Memory, type Side, sideKey } from './memory.ts';
import { named, type PassbackArea, type Rules } from './rules.ts';
import type { Finding, Situation } from './situation.ts';

/** Anti-passback: who is inside does not come in once more on a card or a face lent to somebody else. */
export function antiPassback(situation: Situation): Finding {
  const { terminal, rules, person } = situation;
  const areas = named(rules.antiPassback).filter(([, area]) => sideAt(area, terminal) !== null);
  const broken = areas.filter(([name, area]) => isThereAlready(name, area, situation));
  const hard = broken.find(([, { mode }]) => mode === 'hard');
  const [name, area] = hard ?? broken[0] ?? [];
  if (name === undefined || area === undefined) return sound(areas, situation);
  const says = `${person.name} is already ${wordFor(sideAt(area, terminal))} the area ${name}`;
  const by = `antiPassback.${name}`;
  if (hard === undefined) {
    const noted = `${says}; the rule is soft, so this passes and is written down.`;
    return { rule: 'anti-passback', by, outcome: 'passes', noteworthy: true, says: noted };
  }
  const mend = `${says}, and would have to leave it first, or be set right with "limen access reset --person ${person.id}".`;
  return { rule: 'anti-passback', by, outcome: 'refuses', reason: 'anti-passback', says: mend };
}

/** Where somebody is, area by area, after having passed a terminal. */
export function sidesAfter(terminal: string, rules: Rules): Record<string, Side> {
  const sides = named(rules.antiPassback).flatMap(([name, area]) => {
    const side = sideAt(area, terminal);
    return side === null ? [] : [[name, side] as const];
  });
  return Object.fromEntries(sides);
}

/** The side that a terminal leads to. */
function sideAt(area: PassbackArea, terminal: string): Side | null {
  if (area.in.includes(terminal)) return 'in';
  return area.out.includes(terminal) ? 'out' : null;
}

function isThereAlready(name: string, area: PassbackArea, { memory, person, terminal, now }: Situation): boolean {
  return whereIs({ name, area, memory, personId: person.id, now }) === sideAt(area, terminal);
}

interface Whereabouts {
  readonly name: string;
  readonly area: PassbackArea;
  readonly memory: Memory;
  readonly personId: string;
  readonly now: Date;
}

/** `null` when nobody knows, or has forgotten. */
function whereIs({ name, area, memory, personId, now }: Whereabouts): Side | null {
  const known = memory.sides[sideKey(name, personId)];
  if (known === undefined) return null;
  const forgetAfterMs = (area.forgetAfterMin ?? Number.POSITIVE_INFINITY) * 60_000;
  return now.getTime() - known.atMs > forgetAfterMs ? null : known.side;
}

function sound(areas: readonly [string, PassbackArea][], { memory, person, now }: Situation): Finding {
  const [first] = areas;
  if (first === undefined) {
    return { rule: 'anti-passback', by: null, outcome: 'passes', says: 'This door belongs to no anti-passback area.' };
  }
  const [name, area] = first;
  const side = whereIs({ name, area, memory, personId: person.id, now });
  const says =
    side === null
      ? `Nobody knows whether ${person.name} is inside the area ${name}, so both directions are open.`
      : `${person.name} is ${wordFor(side)} the area ${name}, and this door leads the other way.`;
  return { rule: 'anti-passback', by: `antiPassback.${name}`, outcome: 'passes', says };
}

function wordFor(side: Side | null): string {
  return side === 'in' ? 'inside' : 'outside';
}
