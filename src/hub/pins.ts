import { checkPin, hashPin } from '../access/pin.ts';
import { LimenError } from '../domain/errors.ts';
import type { Credentials } from './credentials.ts';

/**
 * The hashes of new PINs; `null` for one that stays as it is.
 *
 * @throws LimenError `access.pin-invalid`, also when one PIN would be both: every opening would be an alarm.
 */
export async function changeOfPins(
  known: Credentials,
  { pin, duressPin }: { readonly pin: string | null; readonly duressPin: string | null },
): Promise<Pick<Credentials, 'pinHash' | 'duressPinHash'>> {
  const change = {
    ...(pin !== null && { pinHash: await hashPin(pin) }),
    ...(duressPin !== null && { duressPinHash: await hashPin(duressPin) }),
  };
  const { pinHash, duressPinHash } = { ...known, ...change };
  const own = { ...(pinHash !== undefined && { pinHash }) };
  const duress = { ...(duressPinHash !== undefined && { duressPinHash }) };
  const twice =
    (duressPin !== null && (await checkPin(duressPin, own)) !== null) ||
    (pin !== null && (await checkPin(pin, duress)) !== null);
  if (!twice) return change;
  throw new LimenError('access.pin-invalid', 'The PIN and the one under duress are the same.', {
    hint: 'Take two different ones: with the same, every opening would raise the alarm.',
  });
}
