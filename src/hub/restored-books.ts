import { LimenError } from '../domain/errors.ts';
import type { HubStore } from './hub-store.ts';
import { assertLineage, isAhead } from './own-history.ts';
import { overtakenBy, type Reached } from './resumed-history.ts';
import type { SiteSurvey } from './site-survey.ts';
import { stampBook } from './stamp-book.ts';

/** Books that were restored from a backup, held against what their site has. */
export interface RestoredBooks {
  /** Version of the gallery in the books. */
  readonly version: number;
  /** What is to be gone on above. */
  readonly reached: Reached;
  /** Terminals with a newer gallery than the books. */
  readonly ahead: SiteSurvey['terminals'];
  /** Terminals that speak of versions which no site reaches: they are not believed. */
  readonly unbelievable: SiteSurvey['terminals'];
  /** What happened since the backup; `null` where the broker has no gallery that could tell. */
  readonly since: {
    /** Ids of people who were enrolled, and are not in the books. */
    readonly enrolled: readonly string[];
    /** Ids of people who were erased, and are in the books again. */
    readonly erased: readonly string[];
  } | null;
}

/** Further than this is nobody: a terminal that lies must not use up all numbers there are. */
const believable = 100_000_000;

/** Hold the books against a survey of the site. @throws LimenError `gallery.foreign-lineage`. */
export async function compareRestored(store: HubStore, survey: SiteSurvey): Promise<RestoredBooks> {
  const { head, stamps } = survey;
  const { lineage } = await store.state();
  if (head !== null) assertLineage(head, lineage);
  const own = await stampBook(store).refresh();
  const known = Math.max(...[own.version, head?.version ?? 0], (await overtakenBy(store.db, 'head')) ?? 0);
  const further = survey.terminals.filter((one) => one.lineage === lineage && one.version > own.version);
  const isBelievable = ({ version }: { readonly version: number }) => version <= known + believable;
  const ahead = further.filter(isBelievable);
  const reached = Math.max(known, ...ahead.map(({ version }) => version));
  const isComplete =
    head !== null && stamps !== null && head.version >= reached && (await isAhead(store.db, head, own));
  return {
    version: own.version,
    reached: { gallery: reached, rules: survey.rules, roster: survey.roster },
    ahead,
    unbelievable: further.filter((one) => !isBelievable(one)),
    since: isComplete ? await sinceBackup(store, stamps) : null,
  };
}

/**
 * Whether the history may be taken up: a person who was erased must not come back with it.
 *
 * @throws LimenError `gallery.erased-since` naming whom to erase again, or because nobody can tell who that is and nobody
 *   has said that it is done.
 */
export function assertErasedAgain({ since }: RestoredBooks, { said }: { readonly said: boolean }): void {
  const erased = since?.erased ?? [];
  if (erased.length > 0) {
    throw new LimenError(
      'gallery.erased-since',
      `Erased since the backup, and in these books again: ${erased.join(', ')}.`,
      { hint: `Erase them again first, each with: limen people erase ${erased[0]} --config hub.yaml` },
    );
  }
  if (since !== null || said) return;
  throw new LimenError(
    'gallery.erased-since',
    'The broker keeps no newer gallery than these books, so nobody can tell here who was erased since the backup.',
    { hint: 'Erase again whoever was, then say so: limen hub resume --erased-again --config hub.yaml' },
  );
}

async function sinceBackup(store: HubStore, stamps: NonNullable<SiteSurvey['stamps']>) {
  const own = new Map((await store.stamps()).map(({ id, kind }) => [id, kind]));
  const ids = (those: typeof stamps) => those.map(({ id }) => id).sort();
  return {
    enrolled: ids(stamps.filter(({ id, kind }) => kind === 'person' && !own.has(id))),
    erased: ids(stamps.filter(({ id, kind }) => kind === 'erased' && own.get(id) === 'person')),
  };
}
