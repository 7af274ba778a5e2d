import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Place } from './place.ts';

/**
 * What somebody has to know who makes the first account: they can read what this process has printed, which not
 * everybody on the machine can.
 */
export interface SetupCode {
  /** Two groups of four, to be read aloud and typed. */
  readonly text: string;
  /** @throws LimenError `console.code-wrong`; `session.too-many` after ten wrong ones in a minute, whoever typed them. */
  assert(typed: string): void;
}

/** No sign that looks like another: 40 bits in eight of them. */
const signs = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const mostWrong = 10;
const withinMs = 60_000;

/** A code that is good for one run of the process. */
export function newSetupCode(clock: Pick<Clock, 'monotonicMs'>, place: Place): SetupCode {
  const drawn = Array.from({ length: 8 }, () => signs[randomInt(signs.length)]).join('');
  const expected = digestOf(drawn);
  // Counted for all addresses together: on one machine everybody has thousands of them.
  let wrongAtMs: readonly number[] = [];
  return {
    text: `${drawn.slice(0, 4)}-${drawn.slice(4)}`,
    assert(typed) {
      const nowMs = clock.monotonicMs();
      wrongAtMs = wrongAtMs.filter((atMs) => atMs > nowMs - withinMs);
      if (wrongAtMs.length >= mostWrong) throw tooMany(place);
      const bare = typed.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
      if (timingSafeEqual(digestOf(bare), expected)) return;
      wrongAtMs = [...wrongAtMs, nowMs];
      throw wrong(place);
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function wrong({ startedBy, unit }: Place): LimenError {
  return new LimenError('console.code-wrong', 'That is not the setup code.', {
    hint: `${startedBy} has printed it at this start; under systemd: journalctl -u ${unit}. Every start makes another.`,
  });
}

function tooMany({ accountCommand }: Place): LimenError {
  return new LimenError('session.too-many', 'Too many wrong setup codes.', {
    hint: `Wait a minute; or make the account on the machine: ${accountCommand} add --help`,
  });
}
