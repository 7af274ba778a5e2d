import { isLimenError } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import { genesisHash } from '../journal/chain.ts';
import type { Journal } from '../journal/journal.ts';
import { systemTimers } from '../runtime/timers.ts';
import { backOff } from './back-off.ts';
import type { Opener } from './envelope.ts';
import type { Delivery, Link } from './link.ts';
import type { Ack } from './messages.ts';
import type { TerminalSealer } from './terminal-envelope.ts';
import { topicsOf } from './topics.ts';

/** What an {@link Uplink} works with. */
export interface UplinkOptions {
  readonly site: string;
  readonly terminal: string;
  readonly link: Link;
  readonly journal: Journal;
  readonly opener: Opener;
  readonly sealer: TerminalSealer;
  /** Events under way without the hub's acknowledgement, at most. */
  readonly window?: number;
  /** How long the hub may take to acknowledge before the events are sent again; doubles up to five minutes. */
  readonly ackTimeoutMs?: number;
  readonly timers?: Timers;
  /** What was refused, for the log; an acknowledgement that is not the hub's changes nothing. */
  readonly onRefused?: (code: string, reason: string) => void;
  /** Events from here on are sent again, because the hub has lost them. */
  readonly onResend?: (seq: number) => void;
  /** Events got numbers above this one, because the hub has another journal of this terminal up to there. */
  readonly onRenumbered?: (above: number) => void;
}

/** Brings the journal to the hub. */
export interface Uplink {
  /** Look for new rows; call it after every append. */
  wake(): void;
  close(): void;
}

/** What a broker has retained is here by then. */
const settleMs = 2000;

/**
 * Publish journal rows in order, from the one after the last acknowledged, and acknowledge them in the journal when the
 * hub says it has stored them. A broker's own acknowledgement counts for nothing: it forgets when it is restarted.
 */
export async function openUplink(options: UplinkOptions): Promise<Uplink> {
  const {
    link,
    journal,
    opener,
    sealer,
    terminal,
    window = 32,
    ackTimeoutMs = 10_000,
    timers = systemTimers,
  } = options;
  const topics = topicsOf(options.site);
  const waits = backOff({ firstMs: ackTimeoutMs, mostMs: Math.max(300_000, ackTimeoutMs), random: () => 0 });
  let sentSeq = journal.acknowledgedSeq;
  /** What was acknowledged is sent again: only what the hub acknowledges since then counts. */
  let isAgain = false;
  /** The hub has spoken of another journal. */
  let isAnother = false;
  let hasSettled = false;
  let callOffSettling: (() => void) | undefined;
  let sending = false;
  let closed = false;
  let callOff: (() => void) | undefined;

  /** Whether the hub has a row of this very journal. */
  const isKnown = () => journal.after(journal.acknowledgedSeq - 1, 1)[0]?.seq === journal.acknowledgedSeq;

  /**
   * How many may be under way. Of a journal that the hub may not know, one row at first, until the broker has given out
   * what it retained: where the hub has another one under this name, that row is refused, and nothing lies behind it.
   */
  const most = () => ((hasSettled && !isAnother) || isKnown() ? window : 1);

  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      while (!closed && link.state.online) {
        sentSeq = Math.max(sentSeq, journal.acknowledgedSeq);
        const room = most() - (sentSeq - journal.acknowledgedSeq);
        const rows = room > 0 ? journal.after(sentSeq, room) : [];
        const last = rows.at(-1);
        if (last === undefined) break;
        sentSeq = last.seq;
        callOff ??= timers.after(waits.nextMs(), resend);
        const sealed = await Promise.all(rows.map((row) => sealer.event(row)));
        await Promise.all(sealed.map((one) => link.publish(topics.event(terminal), one)));
      }
    } catch {
      sentSeq = journal.acknowledgedSeq;
    } finally {
      sending = false;
    }
  };

  const resend = () => {
    callOff = undefined;
    sentSeq = journal.acknowledgedSeq;
    void send();
  };

  /** The row that the hub speaks of; `undefined` where this journal has none such. */
  const rowOf = ({ seq, hash }: Pick<Ack, 'seq' | 'hash'>) => {
    const row = journal.after(seq - 1, 1)[0];
    return row?.seq === seq && row.hash === hash ? row : undefined;
  };

  /** While what was acknowledged is sent again, an acknowledgement of before may be of what was lost. */
  const isNews = ({ seq, turn }: Pick<Ack, 'seq' | 'turn'>) =>
    seq > journal.acknowledgedSeq && (!isAgain || turn === journal.turn);

  const beginAgain = () => {
    sentSeq = journal.acknowledgedSeq;
    callOff?.();
    callOff = undefined;
    waits.reset();
    void send();
  };

  /**
   * The hub was restored from a backup, or is new. It asks in answer to a status of this turn, and with the sending a
   * new turn begins: so whatever is repeated or late of that, or of what was acknowledged before, is passed over.
   */
  const sendAgain = (ack: Ack) => {
    if (ack.turn !== journal.turn || ack.seq >= journal.acknowledgedSeq) return;
    const isOurs = ack.hash === genesisHash || ack.seq < journal.firstSeq || rowOf(ack) !== undefined;
    journal.resendAfter(isOurs ? ack.seq : 0);
    isAgain = true;
    options.onResend?.(journal.acknowledgedSeq + 1);
    beginAgain();
  };

  /**
   * This journal was begun without knowing of the one that the terminal had before. Its first row that is not
   * acknowledged names the case, and has another hash once it has another number: what is repeated is passed over.
   */
  const goOnAbove = ({ anew, ...before }: Ack) => {
    if (rowOf(before) !== undefined && isNews(before)) journal.acknowledge(before.seq);
    const next = journal.after(journal.acknowledgedSeq, 1)[0];
    if (anew === undefined || next?.seq !== anew.from || next.hash !== anew.hash) return;
    journal.renumber(anew.above);
    isAnother = false;
    options.onRenumbered?.(anew.above);
    beginAgain();
  };

  const onAck = async ({ payload }: Delivery) => {
    try {
      const ack = await opener.ack(payload, terminal);
      if (closed) return;
      if (ack.resend) return sendAgain(ack);
      if (ack.anew) return goOnAbove(ack);
      if (!isNews(ack)) return;
      isAnother = rowOf(ack) === undefined;
      if (isAnother) {
        options.onRefused?.('journal.broken-chain', `The hub acknowledges event ${ack.seq} of another journal.`);
        return;
      }
      journal.acknowledge(ack.seq);
      callOff?.();
      waits.reset();
      callOff = ack.seq < sentSeq ? timers.after(waits.nextMs(), resend) : undefined;
      void send();
    } catch (error) {
      options.onRefused?.(isLimenError(error) ? error.code : 'message.invalid', String(error));
    }
  };

  await link.subscribe(topics.ack(terminal), (delivery) => void onAck(delivery));
  link.onState(({ online }) => {
    callOffSettling?.();
    hasSettled = false;
    if (!online) {
      sentSeq = journal.acknowledgedSeq;
      return;
    }
    callOffSettling = timers.after(settleMs, () => {
      hasSettled = true;
      void send();
    });
    void send();
  });
  return {
    wake: () => void send(),
    close: () => {
      closed = true;
      callOff?.();
      callOffSettling?.();
    },
  };
}
