import { messageOf } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import type { Logger } from '../runtime/logger.ts';
import type { AuditBook } from './audit.ts';

/** Somebody who was not let in. */
export interface RefusedSignIn {
  /** Whose name was typed; `null` for nobody's. */
  readonly target: string | null;
  /** The address that it came from. */
  readonly from: string;
}

/** Writes down who was not let in: the first ones one by one, a flood of them once a minute. */
export interface Refusals {
  /** @throws what writing throws, for one that is written by itself. */
  note(refused: RefusedSignIn): Promise<void>;
  /** Write down what is not yet. */
  close(): Promise<void>;
}

/** Each row waits for the disk, and a terminal's goes to the hub: whoever guesses must not fill both. */
const mostSingle = 5;
const withinMs = 60_000;
/** Of names and addresses in one row. */
const mostNamed = 10;

const action = 'session.refused';

/** What a refusal is written by. */
export interface RefusalsOptions {
  readonly audit: Pick<AuditBook, 'tell'>;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Refusals as deeds of nobody, in a console's book. */
export function refusals({ audit, timers, log }: RefusalsOptions): Refusals {
  let single = 0;
  let flood = newFlood();
  let written: Promise<unknown> = Promise.resolve();
  let callOff: (() => void) | null = null;
  const sum = () => {
    if (flood.count === 0) return;
    const detail = { count: flood.count, accounts: [...flood.accounts], addresses: [...flood.addresses] };
    flood = newFlood();
    written = audit.tell({ account: '', action, target: null, detail }).catch((error: unknown) => {
      log.error({ error, ...detail }, `refused sign-ins are not written down: ${messageOf(error)}`);
    });
  };
  const minuteIsOver = () => {
    // A flood that goes on is one row a minute; after a quiet minute they are written one by one again.
    const isQuiet = flood.count === 0;
    if (isQuiet) single = 0;
    callOff = isQuiet ? null : timers.after(withinMs, minuteIsOver);
    sum();
  };
  return {
    async note({ target, from }) {
      callOff ??= timers.after(withinMs, minuteIsOver);
      if (single < mostSingle) {
        single++;
        await audit.tell({ account: '', action, target, detail: { from } });
        return;
      }
      flood.count++;
      if (target !== null && flood.accounts.size < mostNamed) flood.accounts.add(target);
      if (flood.addresses.size < mostNamed) flood.addresses.add(from);
    },
    async close() {
      callOff?.();
      sum();
      await written;
    },
  };
}

function newFlood() {
  return { count: 0, accounts: new Set<string>(), addresses: new Set<string>() };
}
