import { instantOf } from './facts.ts';
import type { LooseFinding } from './finding.ts';
import type { LedgerPunch } from './ledger.ts';
import type { Plan } from './plan.ts';
import { minutesToMs } from './wall-clock.ts';

/** Nobody is at two sites within a minute, whatever the plan says of the way between them. */
const leastMinutes = 1;

/**
 * Punches of one person at two sites that are closer in time than anybody gets from one to the other.
 *
 * @param planAt by what the way is judged that ends at an instant
 */
export function impossibleTravel(punches: readonly LedgerPunch[], planAt: (ms: number) => Plan): LooseFinding[] {
  return punches.flatMap((punch, i): LooseFinding[] => {
    const before = punches[i - 1];
    if (before === undefined || before.site === punch.site) return [];
    const tookMs = instantOf(punch) - instantOf(before);
    const leastMs = minutesToMs(wayMinutes(planAt(instantOf(punch)), before.site, punch.site));
    if (tookMs >= leastMs) return [];
    const says = `${before.site} and ${Math.trunc(tookMs / 60_000)} minutes later ${punch.site}; the way takes ${leastMs / 60_000}.`;
    const voids = [before, punch].map(({ id }) => ({
      says: `void ${id}`,
      entry: { kind: 'void', punch: id } as const,
    }));
    const { personId } = punch;
    const what = { kind: 'impossible-travel', personId, atMs: instantOf(punch), about: [before.id, punch.id] } as const;
    return [{ ...what, says, proposals: voids, costsTime: false }];
  });
}

function wayMinutes({ travel }: Plan, a: string, b: string): number {
  const way = travel.find(({ between }) => between.includes(a) && between.includes(b));
  return Math.max(leastMinutes, way?.minutes ?? 0);
}
