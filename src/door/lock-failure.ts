import { type ErrorCode, isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { LockFailure } from './lock-protocol.ts';

/** What was thrown in a lock process, as words for the other side. */
export function failureOf(error: unknown): LockFailure {
  if (!isLimenError(error)) return { code: 'door.fault', message: `The lock's driver failed: ${messageOf(error)}` };
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

/** A failure of the other side, as an error of this one. */
export function errorOf({ code, message, hint }: LockFailure): LimenError {
  return new LimenError(code as ErrorCode, message, hint === undefined ? {} : { hint });
}
