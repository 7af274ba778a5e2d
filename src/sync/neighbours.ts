import type { z } from 'zod';
import { assertSize } from './envelope.ts';
import type { Delivery, Link } from './link.ts';
import { eventSchema, parseMessage, type Status, statusSchema, type WireEvent } from './messages.ts';
import { topicsOf } from './topics.ts';

/** What a {@link followNeighbours} works with. */
export interface NeighboursOptions {
  readonly site: string;
  readonly link: Link;
  readonly onStatus: (status: Status) => void;
  readonly onEvent: (event: WireEvent) => void;
}

/** Hears how other terminals of the site are, and what happens there. */
export interface NeighboursLink {
  /** Listen to these as well. */
  statusOf(terminals: Iterable<string>): Promise<void>;
  eventsOf(terminals: Iterable<string>): Promise<void>;
}

const mostBytes = 256 * 1024;

/**
 * Status and events of terminals are neither signed nor encrypted: what is heard here closes doors or keeps them closed,
 * and lets nobody in whom the rules do not let in anyway. A retained status says how a door was once, so it is not
 * taken for how it is: the next one comes within seconds.
 */
export function followNeighbours({ site, link, onStatus, onEvent }: NeighboursOptions): NeighboursLink {
  const topics = topicsOf(site);
  const known = new Set<string>();
  const follow = async <S extends z.ZodType<{ terminal: string }>>(
    topicFor: (id: string) => string,
    terminals: Iterable<string>,
    { schema, use }: { schema: S; use: (message: z.infer<S>) => void },
  ) => {
    for (const terminal of terminals) {
      const topic = topicFor(terminal);
      if (known.has(topic)) continue;
      known.add(topic);
      await link.subscribe(topic, ({ payload, retained }: Delivery) => {
        if (retained) return;
        try {
          assertSize(payload, mostBytes);
          const message = parseMessage(schema, Buffer.from(payload).toString('utf8'));
          if (message.terminal === terminal) use(message);
        } catch {
          // Whoever writes nonsense here is refused by the hub, which says so; to this door it is silence.
        }
      });
    }
  };
  return {
    statusOf: (terminals) => follow(topics.status, terminals, { schema: statusSchema, use: onStatus }),
    eventsOf: (terminals) => follow(topics.event, terminals, { schema: eventSchema, use: onEvent }),
  };
}
