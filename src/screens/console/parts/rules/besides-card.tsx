import { Card } from '../page.tsx';
import type { Rules } from './kinds.ts';
import { usualLockOut } from './lock-out-fields.tsx';

/** Rules of which there is one for the whole site, in words. `onEdit` is left out for who may only look. */
export function BesidesCard({ of, onEdit }: { readonly of: Rules; readonly onEdit?: (() => void) | undefined }) {
  const { timeZone = 'UTC', lockOut, withoutFace = 'never', withoutFaceFor, answerWithinMs = 20_000 } = of;
  const forWhom = withoutFaceFor === 'those-without' ? ', who is enrolled so' : '';
  const { attempts, firstMs, mostMs } = { ...usualLockOut, ...lockOut };
  const facts = [
    ['Clock', timeZone],
    [
      'Failures',
      `after ${attempts} wrong PINs or cards, a wait of ${firstMs / 1000} s, doubling up to ${Math.round(mostMs / 60_000)} min`,
    ],
    ['Second factor', `within ${Math.round(answerWithinMs / 1000)} s`],
    [
      'Without a face',
      withoutFace === 'never' ? 'never' : `by ${withoutFace.replace('-and-pin', '')} and PIN${forWhom}`,
    ],
  ] as const;
  return (
    <Card
      title="For the whole site"
      actions={
        onEdit && (
          <button type="button" class="small secondary outline" onClick={onEdit}>
            Change<span class="hidden"> what is so for the whole site</span>
          </button>
        )
      }
    >
      <ul class="named">
        {facts.map(([name, says]) => (
          <li key={name}>
            <span>
              <strong>{name}:</strong> {says}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
