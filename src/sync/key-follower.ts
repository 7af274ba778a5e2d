import { isLimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import { openKeys } from './key-messages.ts';
import type { Delivery, Link } from './link.ts';
import type { TerminalKeyring } from './terminal-keyring.ts';
import { topicsOf } from './topics.ts';

/** What a {@link followKeys} works with. */
export interface KeyFollowerOptions {
  readonly site: string;
  readonly terminal: string;
  readonly link: Link;
  readonly keyring: TerminalKeyring;
  readonly report: Report;
  /** Other keys are in force: tell the hub, in the next status. */
  readonly onKeys: () => void;
  /** This terminal's own keys are others: what was signed beforehand for later, a last will, is to be signed again. */
  readonly onOwn: () => void;
  readonly retryMs?: number;
}

/**
 * Take in the keys that the hub sends this terminal: on the disk first, then in use, then acknowledged by the status.
 * What is refused leaves those held in use, and is reported once as `keys.refused`. Everything the broker keeps is asked
 * for again afterwards: some of it may be sealed with a key that was not here before. Keys that the hub has encrypted to
 * a key which this terminal has made for itself (`rotate`) are its word that it knows that key: from then on it is used.
 */
export async function followKeys(options: KeyFollowerOptions): Promise<{ close(): Promise<void> }> {
  const { site, terminal, link, keyring, report, retryMs = 60_000 } = options;
  const topic = topicsOf(site).keys(terminal);
  let working: Promise<void> = Promise.resolve();
  let refused = '';
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const take = async (delivery: Delivery): Promise<void> => {
    if (closed || delivery.payload.byteLength === 0) return;
    clearTimeout(retry);
    try {
      const reader = { site, terminal, agreements: keyring.agreements, hub: keyring.hub };
      const { message, recipient } = await openKeys(delivery.payload, reader);
      if ((await keyring.confirmed(recipient)) && !closed) {
        // First: neighbours hear of the new key while this terminal is on its way back.
        options.onOwn();
        report({ kind: 'keys.renewed', body: { key: keyring.own.signing.id } });
      }
      if (!(await keyring.adopt(message)) || closed) return;
      refused = '';
      const { sequence, hub, site: siteKeys } = keyring.held;
      report({ kind: 'keys.updated', body: { sequence, hub, site: siteKeys } });
      options.onKeys();
      await link.refresh();
    } catch (error) {
      const code = isLimenError(error) ? error.code : 'internal';
      // A full disk may have room again.
      if (code === 'disk.full' || code === 'file.unwritable') retry = setTimeout(() => receive(delivery), retryMs);
      const reason = messageOf(error);
      if (refused === reason) return;
      refused = reason;
      report({ kind: 'keys.refused', body: { code, reason, topic } });
    }
  };
  const receive = (delivery: Delivery) => {
    working = working.then(() => take(delivery)).catch(() => {});
  };

  await link.subscribe(topic, receive);
  return {
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await working;
    },
  };
}
