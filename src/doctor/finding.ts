import { type ErrorCode, isLimenError, messageOf } from '../domain/errors.ts';

/** One thing that was looked at. `fail` keeps the terminal from working, `warn` does not. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly about: string;
  readonly says: string;
  readonly mend: string | null;
  /** The error that a start would end with, when this is one. */
  readonly code: ErrorCode | null;
}

export function ok(about: string, says: string): Finding {
  return { level: 'ok', about, says, mend: null, code: null };
}

export function warn(about: string, says: string, mend: string | null = null): Finding {
  return { level: 'warn', about, says, mend, code: null };
}

export function fail(about: string, says: string, mend: string | null = null): Finding {
  return { level: 'fail', about, says, mend, code: null };
}

/** What was thrown, as a finding. */
export function failureOf(about: string, error: unknown, level: 'warn' | 'fail' = 'fail'): Finding {
  const { hint = null, code = null } = isLimenError(error) ? error : {};
  return { level, about, says: messageOf(error), mend: hint, code };
}

/** Run a check; what it throws is what it found. */
export async function checked(
  about: string,
  check: () => Finding | Finding[] | Promise<Finding | Finding[]>,
  level: 'warn' | 'fail' = 'fail',
): Promise<Finding[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    return [failureOf(about, error, level)];
  }
}
