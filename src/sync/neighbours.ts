import type { Clock } from '../domain/clock.ts';
import { freshness } from './freshness.ts';
import type { Delivery, Link } from './link.ts';
import type { Status, WireEvent } from './messages.ts';
import type { TerminalOpener } from './terminal-envelope.ts';
import { topicsOf } from './topics.ts';

/** What a {@link followNeighbours} works with. */
export interface NeighboursOptions {
  readonly site: string;
  readonly link: Link;
  /** Knows the other terminals by the roster. */
  readonly opener: TerminalOpener;
  readonly clock: Clock;
  readonly onStatus: (status: Status) => void;
  readonly onEvent: (event: WireEvent) => void;
}

/** Hears how other terminals of the site are, and what happens there. */
export interface NeighboursLink {
  /** Listen to these as well. */
  statusOf(terminals: Iterable<string>): Promise<void>;
  eventsOf(terminals: Iterable<string>): Promise<void>;
}

/** More than these at once is no neighbour; a status comes again within seconds, an event is only a courtesy. */
const mostWaiting = 100;

/**
 * What other terminals say, signed by them; a revoked one is not heard. A retained status says how a door was once, so
 * it is not taken for how it is: the next one comes within seconds. Nor is one that was said before another.
 */
export function followNeighbours({ site, link, opener, clock, onStatus, onEvent }: NeighboursOptions): NeighboursLink {
  const topics = topicsOf(site);
  const known = new Set<string>();
  const isFresh = freshness(clock);
  let waiting = 0;
  let tail: Promise<void> = Promise.resolve();

  const follow = async (
    topicFor: (id: string) => string,
    terminals: Iterable<string>,
    take: (payload: Uint8Array, terminal: string) => Promise<void>,
  ) => {
    for (const terminal of terminals) {
      const topic = topicFor(terminal);
      if (known.has(topic)) continue;
      known.add(topic);
      await link.subscribe(topic, ({ payload, retained }: Delivery) => {
        if (retained || waiting >= mostWaiting) return;
        waiting++;
        // Whoever writes nonsense here is refused by the hub, which says so; to this door it is silence.
        tail = tail
          .then(() => take(payload, terminal))
          .catch(() => {})
          .finally(() => {
            waiting--;
          });
      });
    }
  };
  return {
    statusOf: (terminals) =>
      follow(topics.status, terminals, async (payload, terminal) => {
        const status = await opener.status(payload, terminal);
        if (isFresh(status)) onStatus(status);
      }),
    eventsOf: (terminals) =>
      follow(topics.event, terminals, async (payload, terminal) => onEvent(await opener.event(payload, terminal))),
  };
}
