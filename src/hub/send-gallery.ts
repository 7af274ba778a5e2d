import type { Sealer } from '../sync/envelope.ts';
import { assertSize } from '../sync/jose-text.ts';
import type { Link } from '../sync/link.ts';
import { type GalleryRecord, type RulesMessage, recordToWire, wireFormat } from '../sync/messages.ts';
import { topicsOf } from '../sync/topics.ts';
import type { HubStore } from './hub-store.ts';
import { latestRules } from './rules-book.ts';
import type { GalleryOutline } from './stamp-book.ts';

/** What a {@link GallerySender} works with. */
export interface SenderOptions {
  readonly site: string;
  readonly link: Link;
  readonly store: HubStore;
  readonly sealer: Sealer;
}

/** Which records of some buckets are sent. */
export interface Choice {
  readonly choose: (record: GalleryRecord) => boolean;
  /** Who of them is told of to everybody at once; nobody, when it is left out. */
  readonly live?: (record: GalleryRecord) => boolean;
}

/** Brings what the books hold to the broker, part by part; in which order, is the caller's. */
export interface GallerySender {
  /** As the books have them at that moment: somebody may have been erased since it was decided to send them. */
  records(buckets: readonly string[], choice: Choice): Promise<void>;
  lists(outline: GalleryOutline, buckets: readonly string[]): Promise<void>;
  /** The rules in force, where there are any. @throws LimenError `message.too-large`. */
  rules(): Promise<void>;
}

/** How many messages are under way to the broker at once. */
const atOnce = 32;
/** Of how many buckets the records are in memory at once. */
const bucketsAtOnce = 8;

/** Make a {@link GallerySender}; what the broker does not take, each of its functions throws. */
export function gallerySender({ site, link, store, sealer }: SenderOptions): GallerySender {
  const topics = topicsOf(site);

  const sendRecord = async (record: GalleryRecord, live: boolean) => {
    const sealed = await sealer.record(recordToWire(site, record));
    const kept = link.publish(topics.person(record.id), sealed, { retain: true });
    await Promise.all([kept, ...(live ? [link.publish(topics.change(record.id), sealed)] : [])]);
  };

  return {
    records: async (buckets, { choose, live = () => false }) => {
      for (let i = 0; i < buckets.length; i += bucketsAtOnce) {
        const records = (await store.records(buckets.slice(i, i + bucketsAtOnce))).filter(choose);
        for (let k = 0; k < records.length; k += atOnce) {
          await Promise.all(records.slice(k, k + atOnce).map((record) => sendRecord(record, live(record))));
        }
      }
    },
    lists: async (outline, buckets) => {
      await Promise.all(buckets.map((name) => link.publish(topics.list(name), outline.list(name), { retain: true })));
    },
    rules: async () => {
      const latest = await latestRules(store.db);
      if (latest === null) return;
      const { lineage } = await store.state();
      const { version, setAt: issuedAt, rules } = latest;
      const message = { format: wireFormat, site, lineage, version, issuedAt, rules } as RulesMessage;
      const sealed = await sealer.rules(message);
      assertSize(Buffer.from(sealed));
      await link.publish(topics.rules, sealed, { retain: true });
    },
  };
}
