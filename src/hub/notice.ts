import { type ErrorCode, isLimenError, messageOf } from '../domain/errors.ts';

/** Something the people who run the hub should know; it stops nothing. */
export interface HubNotice {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** The topic it is about, when there is one. */
  readonly topic: string | null;
}

/** Where the hub's rooms report notices. */
export type Notify = (notice: HubNotice) => void;

/** A notice about anything that was thrown. */
export function noticeOf(error: unknown, topic: string | null = null): HubNotice {
  return isLimenError(error)
    ? { code: error.code, message: error.message, hint: error.hint ?? null, topic }
    : { code: 'internal', message: messageOf(error), hint: null, topic };
}
