import type { Delivery, Link } from '../sync/link.ts';
import { parseMessage, statusSchema } from '../sync/messages.ts';
import { topicsOf } from '../sync/topics.ts';

/** Which terminals there are, by the statuses that the broker keeps. Nobody signs those: good for a hint, no more. */
export interface RollCall {
  heard(): string[];
  presence(terminal: string): 'online' | 'offline' | 'unknown';
}

/** More names than this are no site. */
const most = 100_000;

/** Listen to every status; the retained ones come as soon as the link is up. */
export async function openRollCall({ site, link }: { site: string; link: Link }): Promise<RollCall> {
  const topics = topicsOf(site);
  const online = new Map<string, boolean>();
  await link.subscribe(topics.everyStatus, ({ topic, payload }: Delivery) => {
    const meaning = topics.parse(topic);
    if (meaning?.kind !== 'status' || payload.byteLength === 0 || payload.byteLength > 16 * 1024) return;
    try {
      const status = parseMessage(statusSchema, Buffer.from(payload).toString('utf8'));
      if (status.terminal === meaning.terminal && online.size < most) online.set(status.terminal, status.online);
    } catch {
      // The collector of the running hub says so.
    }
  });
  return {
    heard: () => [...online.keys()],
    presence: (terminal) => {
      const present = online.get(terminal);
      return present === undefined ? 'unknown' : present ? 'online' : 'offline';
    },
  };
}
