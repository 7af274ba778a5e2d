import type { Server } from 'node:tls';
import { isLimenError, messageOf } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import type { Logger } from '../runtime/logger.ts';
import { pause } from '../runtime/timers.ts';
import type { Tls } from './certificate-pair.ts';
import { fingerprintOf } from './tls.ts';

/** Often enough for a clock that was put right by a year, and for an owner who has brought new files. */
const lookEveryMs = 3_600_000;

/** What a certificate is kept fresh with. */
export interface FreshTlsOptions {
  /** The one that the server has now. */
  readonly tls: Tls;
  /** The one that it should have. */
  readonly wanted: () => Promise<Tls | null>;
  readonly timers: Timers;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Look every hour whether a server should prove itself with another certificate, and give it that one: connections from
 * then on see it, and those of before go on. One that cannot be used is told, once for each reason; the one of before stays.
 * Resolves when `signal` aborts.
 */
export async function keepTlsFresh(server: Server, options: FreshTlsOptions): Promise<void> {
  const { wanted, timers, log, signal } = options;
  let { tls } = options;
  let told = '';
  const hourPassed = () =>
    pause(timers, lookEveryMs, signal).then(
      () => true,
      () => false,
    );
  while (await hourPassed()) {
    try {
      const next = (await wanted()) ?? tls;
      told = '';
      if (next.cert === tls.cert && next.key === tls.key) continue;
      server.setSecureContext(next);
      tls = next;
      log.info(`console: certificate ${fingerprintOf(tls.cert)}`);
    } catch (error) {
      const { hint = '' } = isLimenError(error) ? error : {};
      const says = `${messageOf(error)} ${hint}`;
      if (says !== told) log.error({ error }, `the console keeps its certificate of before: ${says}`);
      told = says;
    }
  }
}
