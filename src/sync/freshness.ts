import type { Clock } from '../domain/clock.ts';
import type { Status } from './messages.ts';

/** How far two clocks that are set, and the way through the broker, may differ. */
const toleranceMs = 30_000;
const remembered = 1000;

/**
 * Tells whether a genuine status is news: a broker that gives an old one again would show an open door shut. Within one
 * start of a terminal they are counted; a start that was followed by another is over; and where both sides know the
 * time, nothing older than half a minute counts.
 */
export function freshness(clock: Clock): (status: Status) => boolean {
  const present = new Map<string, { readonly session: string; readonly count: number }>();
  const over = new Set<string>();
  return (status) => {
    const { terminal, session } = status;
    const before = present.get(terminal);
    if (over.has(`${terminal} ${session}`)) return false;
    // The last will says nothing but "gone", which closes doors: it may come whenever the broker likes.
    if (!status.online) return true;
    if (before?.session === session && status.count <= before.count) return false;
    const bothKnow = status.clock === 'synced' && clock.quality() === 'synced';
    if (bothKnow && Math.abs(clock.now().getTime() - Date.parse(status.at)) > toleranceMs) return false;
    if (before !== undefined && before.session !== session) {
      if (over.size >= remembered) over.clear();
      over.add(`${terminal} ${before.session}`);
    }
    present.set(terminal, { session, count: status.count });
    return true;
  };
}
