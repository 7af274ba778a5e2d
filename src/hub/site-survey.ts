import type { Clock } from '../domain/clock.ts';
import type { Timers } from '../domain/timers.ts';
import { pause, systemTimers } from '../runtime/timers.ts';
import { listDigest, type RecordStamp, stampsIn } from '../sync/digest.ts';
import type { Opener } from '../sync/envelope.ts';
import type { Delivery, Link } from '../sync/link.ts';
import type { Head } from '../sync/messages.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';

/** How far a site is, by what the broker keeps of its hub and of its terminals. */
export interface SiteSurvey {
  readonly head: Head | null;
  /** Every record that the head speaks of; `null` where the broker does not have all of its lists. */
  readonly stamps: readonly RecordStamp[] | null;
  /** Version of the rules; 0 where there are none. */
  readonly rules: number;
  /** Version of the list of terminals; 0 where there is none. */
  readonly roster: number;
  /** Which gallery each terminal has that is there. */
  readonly terminals: readonly { readonly terminal: string; readonly lineage: string; readonly version: number }[];
}

/** What a {@link surveySite} works with. */
export interface SurveyOptions {
  readonly site: string;
  readonly link: Link;
  readonly opener: Opener;
  /** Opens the statuses: of terminals that were provisioned, and not revoked. */
  readonly terminals: TerminalOpener;
  readonly clock: Clock;
  /** How long the broker may take to hand out what it keeps. */
  readonly settleMs?: number;
  /** How long it may take for the lists of a large gallery. */
  readonly mostMs?: number;
  readonly timers?: Timers;
}

/** Ask the broker. What is not signed by the hub or by a terminal, or is not what the head says, counts for nothing. */
export async function surveySite(options: SurveyOptions): Promise<SiteSurvey> {
  const { link, opener, clock, settleMs = 1000, mostMs = 10_000, timers = systemTimers } = options;
  const topics = topicsOf(options.site);
  const lists = new Map<string, string>();
  const terminals = new Map<string, SiteSurvey['terminals'][number]>();
  let head: Head | null = null;
  let [rules, roster] = [0, 0];

  const take = async ({ topic, payload }: Delivery) => {
    const meaning = topics.parse(topic);
    if (payload.byteLength === 0 || meaning === null) return;
    if (meaning.kind === 'list') lists.set(meaning.bucket, Buffer.from(payload).toString('latin1'));
    if (meaning.kind === 'head') head = newer(head, await opener.head(payload));
    if (meaning.kind === 'rules') rules = Math.max(rules, (await opener.rules(payload)).version);
    if (meaning.kind === 'roster') roster = Math.max(roster, (await opener.roster(payload)).version);
    if (meaning.kind !== 'status') return;
    const status = await options.terminals.status(payload, meaning.terminal);
    if (status.online) terminals.set(status.terminal, { terminal: status.terminal, ...status.gallery });
  };
  const filters = [topics.head, topics.rules, topics.roster, topics.everyStatus, topics.list('+')];
  const endings = await Promise.all(
    filters.map((filter) => link.subscribe(filter, (delivery) => void take(delivery).catch(() => {}))),
  );
  const startMs = clock.monotonicMs();
  await pause(timers, settleMs);
  while (head !== null && stampsOf(head, lists) === null && clock.monotonicMs() - startMs < mostMs) {
    await pause(timers, 200);
  }
  for (const end of endings) end();
  return { head, stamps: head && stampsOf(head, lists), rules, roster, terminals: [...terminals.values()] };
}

function newer(before: Head | null, head: Head): Head {
  return before !== null && before.version > head.version ? before : head;
}

function stampsOf({ buckets }: Head, lists: ReadonlyMap<string, string>): RecordStamp[] | null {
  const stamps: RecordStamp[] = [];
  for (const [name, digest] of Object.entries(buckets)) {
    const list = lists.get(name) ?? '';
    const those = listDigest(list) === digest ? stampsIn(list) : null;
    if (those === null) return null;
    stamps.push(...those);
  }
  return stamps;
}
