import { instantOf } from './facts.ts';
import type { LooseFinding } from './finding.ts';
import type { Ledger } from './ledger.ts';

/**
 * Corrections that do nothing, because the punch that they move or recode does not count: somebody meant something by
 * them. Leaving out what is left out already is what was meant; and a punch that is not known here may be one of
 * another time.
 */
export function idleCorrections({ dangling }: Pick<Ledger, 'dangling'>): LooseFinding[] {
  return dangling.flatMap(({ entry, punch }): LooseFinding[] => {
    if (punch === null || entry.kind === 'void') return [];
    const atMs = entry.kind === 'move' ? Date.parse(entry.at) : instantOf(punch);
    const says = `The ${entry.kind} ${entry.id} does nothing: its punch ${punch.id} does not count.`;
    const reversal = { says: `reverse ${entry.id}`, entry: { kind: 'reverse', entry: entry.id } } as const;
    const about = { personId: entry.about, atMs, about: [entry.id, punch.id] };
    return [{ kind: 'correction-without-punch', ...about, says, proposals: [reversal], costsTime: false }];
  });
}
