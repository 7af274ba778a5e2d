import { createHash } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Delivery } from './link.ts';

/** Journals what was refused, and why. */
export type Refuse = (delivery: Delivery, refusal: { readonly code: ErrorCode; readonly reason: string }) => void;

const remembered = 1000;
const windowMs = 60_000;
const perWindow = 20;

/** A {@link Refuse} for what the gallery replica refuses, within the bounds of {@link worthJournalling}. */
export function refusals(options: { report: Report; clock: Clock }): Refuse {
  const isWorth = worthJournalling(options.clock);
  return (delivery, { code, reason }) => {
    if (!isWorth(delivery, code)) return;
    options.report({ kind: 'gallery.refused', body: { code, reason, topic: delivery.topic } });
  };
}

/**
 * Whether a refusal goes into the journal, so that refusals cannot be used to wear out the disk: the same bytes on the
 * same topic once (a retained message returns with every reconnect), and never more than 20 a minute in all.
 */
export function worthJournalling(clock: Clock): (delivery: Delivery, code: ErrorCode) => boolean {
  const seen = new Set<string>();
  let windowStartMs = Number.NEGATIVE_INFINITY;
  let inWindow = 0;
  return ({ topic, payload }, code) => {
    const key = createHash('sha256').update(`${topic}\n${code}\n`).update(payload).digest('base64');
    if (seen.has(key)) return false;
    const nowMs = clock.monotonicMs();
    if (nowMs - windowStartMs >= windowMs) {
      windowStartMs = nowMs;
      inWindow = 0;
    }
    if (inWindow >= perWindow) return false;
    inWindow++;
    if (seen.size >= remembered) seen.clear();
    seen.add(key);
    return true;
  };
}

/** A {@link Report} that never throws: the replica must go on when the journal cannot. */
export function safely(report: Report, onError: (reason: string) => void): Report {
  return (occurrence) => {
    try {
      report(occurrence);
    } catch (error) {
      onError(messageOf(error));
    }
  };
}
