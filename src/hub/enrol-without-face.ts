import type { Rules } from '../access/rules/rules.ts';
import { proofsOf, wayWithoutFace } from '../access/rules/without-face.ts';
import { LimenError } from '../domain/errors.ts';
import { hasFace, type Person } from '../domain/person.ts';
import { assertUsable, type Enrolment, type EnrolWho, newPerson } from './enrol.ts';

/** Who is to be enrolled without a face: they declined it, and a card and a PIN speak for them. */
export interface FacelessRequest extends EnrolWho {
  readonly withoutFace: true;
}

/**
 * Somebody without templates. Whether a card and a PIN are enough is for the rules to say, and is told as a warning where
 * those of the hub do not: a terminal may have rules of its own.
 *
 * @param context.known as they are enrolled; `null` for somebody new
 * @throws LimenError `usage.invalid`, also for somebody with neither card nor PIN, or with a face: that is only
 *   forgotten where somebody says so.
 */
export function personWithoutFace(
  request: FacelessRequest,
  { known, rules }: { readonly known: Person | null; readonly rules: Pick<Rules, 'withoutFace'> },
): Enrolment {
  assertUsable(request);
  const { id, name } = request;
  if (known !== null && hasFace(known)) {
    throw new LimenError('usage.invalid', `${name} (${id}) is enrolled with a face.`, {
      hint: `To forget it, and keep card and PIN: limen people forget-face ${id} --config hub.yaml`,
    });
  }
  if (proofsOf(request).length === 0) {
    throw new LimenError(
      'usage.invalid',
      `${name} (${id}) would have nothing to pass with: no face, no card, no PIN.`,
      {
        hint: 'Give a card, a PIN, or both.',
      },
    );
  }
  const way = wayWithoutFace(request, rules);
  const elsewhere = 'A terminal whose own configuration says more (access.withoutFace) lets them pass by that.';
  return {
    person: newPerson(request, { templates: [], pictureNames: [] }),
    warnings: way.suffices ? [] : [`${way.says} ${elsewhere}`],
  };
}
