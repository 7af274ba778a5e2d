import { openVisitorStoreIn, visitorFileIn } from './compose.ts';
import type { TerminalConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { Person } from './domain/person.ts';
import { type Projection, projectTemplate } from './domain/projection.ts';
import type { Template } from './domain/template.ts';
import { removeVisitorStore } from './gallery/visitors.ts';
import type { Logger } from './runtime/logger.ts';

/** Keeps the faces of unknown visitors for as long as the site has asked for. */
export interface VisitorKeeper {
  /** Never throws: a stranger who cannot be remembered must not stop a door. */
  remember(template: Template): void;
  /** Whoever is erased is forgotten as a visitor, too, and so is whoever looks like them. @throws LimenError `file.unwritable`. */
  forget(person: Person): void;
  close(): void;
}

export interface VisitorKeeperOptions {
  /** How far apart two looks of one person are, at most; `null` where nobody has measured it. */
  readonly sameWithin: number | null;
  /** What visits are compared by, where the terminal sees by a projection of its own: people are stored without it. */
  readonly projection: Projection | null;
  readonly config: TerminalConfig;
  readonly clock: Clock;
  readonly log: Logger;
}

const dayMs = 86_400_000;
const pruneEveryMs = 3_600_000;

/**
 * Start keeping visitors; `null` where the site has not asked for it, and whatever an earlier configuration kept is then
 * removed. A store that cannot be used is logged, and nobody is kept.
 */
export async function keepVisitors({
  config,
  clock,
  log,
  sameWithin,
  projection,
}: VisitorKeeperOptions): Promise<VisitorKeeper | null> {
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
    }
  };
  if (config.visitors === undefined) {
    attempt(() => removeVisitorStore(visitorFileIn(config.dataFolder)));
    return null;
  }
  const { keepDays } = config.visitors;
  const store = await openVisitorStoreIn(config.dataFolder).catch((error: unknown) => {
    log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
    return null;
  });
  if (store === null) return null;
  log.warn(`Faces of unknown visitors are kept for ${keepDays} days (visitors.keepDays): tell people at the door.`);
  const prune = () => attempt(() => store.prune(new Date(clock.now().getTime() - keepDays * dayMs)));
  prune();
  const pruning = setInterval(prune, pruneEveryMs);
  return {
    remember: (template) => attempt(() => store.add({ at: clock.now(), template })),
    forget: ({ templates }) => {
      if (sameWithin === null) store.erase();
      else store.forget(projection === null ? templates : asSeen(templates, projection), sameWithin);
    },
    close() {
      clearInterval(pruning);
      store.close();
    },
  };
}

/** Beside what is stored: visits may be from before there was a projection. */
function asSeen(templates: readonly Template[], projection: Projection): Template[] {
  const projected = templates.flatMap((one) => (one.model === projection.base ? projectTemplate(projection, one) : []));
  return [...templates, ...projected];
}
