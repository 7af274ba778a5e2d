import { isDeepStrictEqual } from 'node:util';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Opener } from './envelope.ts';
import type { Delivery, Link } from './link.ts';
import type { RulesMessage } from './messages.ts';
import { topicsOf } from './topics.ts';

/** Rules of a hub, with their place in its history. */
export type HubRules = Pick<RulesMessage, 'lineage' | 'version' | 'rules'>;

/** Where a terminal keeps them. */
export interface RulesStore {
  /** Durable when it resolves; the generation before is kept. */
  write(rules: HubRules): Promise<void>;
}

/** What a {@link followRules} works with. */
export interface RulesReplicaOptions {
  readonly site: string;
  readonly link: Link;
  readonly opener: Opener;
  readonly store: RulesStore;
  /** What is in force; `null` before the first. */
  readonly current: HubRules | null;
  /** Of the gallery that is in use: rules of another hub are refused. `null` before the first. */
  readonly lineage: () => string | null;
  /** Throws for rules that this terminal cannot apply: they are refused before they reach the disk. */
  readonly check: (rules: HubRules) => Promise<void>;
  /** After they are on the disk. */
  readonly onRules: (rules: HubRules) => void;
  readonly report: Report;
}

/**
 * Take in the rules that the hub publishes, one version after the other. Whatever is refused, for its signature, its
 * lineage, its age or its content, leaves those in force that are, and is reported once as `access.rules-refused`.
 */
export async function followRules(options: RulesReplicaOptions): Promise<{ close(): Promise<void> }> {
  const { link, opener, store, check, onRules, report } = options;
  const topic = topicsOf(options.site).rules;
  let { current } = options;
  let working: Promise<void> = Promise.resolve();
  let refused = '';
  let closed = false;

  const take = async ({ payload }: Delivery) => {
    // An empty payload is how MQTT clears a retained message: the broker's memory, not ours.
    if (closed || payload.byteLength === 0) return;
    try {
      const { lineage, version, rules } = await opener.rules(payload);
      const next = { lineage, version, rules };
      if (!isNewer(next, current, options.lineage())) return;
      await check(next);
      await store.write(next);
      if (closed) return;
      onRules(next);
      current = next;
      refused = '';
    } catch (error) {
      const code = isLimenError(error) ? error.code : 'internal';
      const reason = messageOf(error);
      // A retained message comes with every connection.
      if (refused === reason) return;
      refused = reason;
      report({ kind: 'access.rules-refused', body: { code, reason, topic } });
    }
  };

  await link.subscribe(topic, (delivery) => {
    working = working.then(() => take(delivery)).catch(() => {});
  });
  return {
    close: async () => {
      closed = true;
      await working;
    },
  };
}

/** `false` for what is known already. @throws LimenError `gallery.foreign-lineage`, `access.rules-rollback`. */
function isNewer(next: HubRules, current: HubRules | null, gallery: string | null): boolean {
  const lineage = current?.lineage ?? gallery;
  if (lineage !== null && next.lineage !== lineage) {
    throw new LimenError('gallery.foreign-lineage', `The rules belong to lineage ${next.lineage}, not ${lineage}.`);
  }
  if (current === null || next.version > current.version) return true;
  if (next.version === current.version && isDeepStrictEqual(next.rules, current.rules)) return false;
  const what = next.version < current.version ? 'are older than' : 'contradict';
  throw new LimenError(
    'access.rules-rollback',
    `Rules of version ${next.version} ${what} version ${current.version}.`,
    {
      hint: 'Restore the newest backup of the hub, or set the rules there once more.',
    },
  );
}
