import type { HubStore } from './hub-store.ts';
import { type Notify, noticeOf } from './notice.ts';
import type { LivingStatus } from './own-keys.ts';
import { noteOvertaken, overtaken } from './resumed-history.ts';

/**
 * Notices terminals that have a newer gallery than the books, which a broker that was set up anew with the hub cannot
 * tell of. It is told of and remembered, and stops nothing: a single terminal that lies must not silence a hub.
 */
export function overtakenWatch({ store, notify }: { readonly store: HubStore; readonly notify: Notify }) {
  let own = 0;
  const told = new Set<string>();
  return async ({ terminal, gallery }: LivingStatus): Promise<void> => {
    // Every terminal says it every ten seconds.
    if (gallery.version <= own || told.has(terminal)) return;
    const { lineage, version } = await store.state();
    own = version;
    if (gallery.lineage !== lineage || gallery.version <= version) return;
    told.add(terminal);
    await noteOvertaken(store.db, 'terminal', gallery.version);
    notify(noticeOf(overtaken(`The terminal ${terminal} has`, gallery.version, version)));
  };
}
