import type { Delivery, Link } from '../sync/link.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';

/** Which terminals there are, by the statuses that the broker keeps. It may keep an old one: good for a hint. */
export interface RollCall {
  presence(terminal: string): 'online' | 'offline' | 'unknown';
  /** Listen no more. */
  end(): void;
}

/** What a {@link openRollCall} works with. */
export interface RollCallOptions {
  readonly site: string;
  readonly link: Link;
  readonly terminals: TerminalOpener;
}

/** Listen to every status; the retained ones come as soon as the link is up. */
export async function openRollCall({ site, link, terminals }: RollCallOptions): Promise<RollCall> {
  const topics = topicsOf(site);
  const online = new Map<string, boolean>();
  const end = await link.subscribe(topics.everyStatus, ({ topic, payload }: Delivery) => {
    const meaning = topics.parse(topic);
    if (meaning?.kind !== 'status' || payload.byteLength === 0) return;
    // Who says nonsense is told of by the collector of the running hub.
    terminals.status(payload, meaning.terminal).then(
      (status) => online.set(status.terminal, status.online),
      () => {},
    );
  });
  return {
    end,
    presence: (terminal) => {
      const present = online.get(terminal);
      return present === undefined ? 'unknown' : present ? 'online' : 'offline';
    },
  };
}
