import type { EventBodies, LimenEvent } from './domain/event.ts';
import type { StoredGallery } from './gallery/gallery-store.ts';
import type { Threshold } from './gallery/threshold.ts';
import type { Logger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import type { Terminal } from './terminal.ts';

/** The pack's data may not reach the site's target any more when the gallery has grown: that must not stay silent. */
export function warnAboutShortfall({ shortfall }: Threshold, log: Logger): void {
  if (shortfall !== null) log.warn(`${shortfall.message} ${shortfall.hint ?? ''}`);
}

/** What stays in force when something that came from the hub is refused. */
const refusedPart = {
  'gallery.refused': 'the gallery stays',
  'access.rules-refused': 'who may pass stays',
  'keys.refused': 'whom this terminal believes stays',
} as const;

/**
 * Nobody new gets in while a gallery or rules are refused, and a command that is refused may be an attack: at a door far
 * from its hub only this log says so.
 */
export function warnAboutRefusal({ kind, body }: LimenEvent, log: Logger): void {
  if (kind === 'command.refused') {
    const { code, why, verb } = body as EventBodies['command.refused'];
    log.warn({ code, verb }, `a command was refused: ${why}`);
  }
  if (kind !== 'gallery.refused' && kind !== 'access.rules-refused' && kind !== 'keys.refused') return;
  const { code, reason, topic } = body as EventBodies['gallery.refused'];
  log.warn({ code, topic }, `refused, ${refusedPart[kind]} as it was: ${reason}`);
}

/** A terminal that has just been opened, and what it found on its disk. */
export interface Started {
  readonly terminal: Terminal;
  readonly stored: StoredGallery | null;
  /** Whether it was provisioned. */
  readonly hasHub: boolean;
  readonly pack: string;
}

/** What a start has to say: in the journal, and in the log where somebody has to act on it. */
export function reportStart({ terminal, stored, hasHub, pack }: Started, log: Logger): void {
  const { gallery, threshold } = terminal.inForce;
  if (stored?.recoveredFrom) {
    // With a hub, the replica reads the same file and journals it.
    if (!hasHub) {
      const version = stored.snapshot.version;
      terminal.note({ kind: 'gallery.recovered', body: { ...stored.recoveredFrom, version } });
    }
    log.error({ ...stored.recoveredFrom }, 'the gallery file was damaged; the generation before it is in use');
  }
  if (stored !== null && !terminal.takes(stored.snapshot)) {
    const reason = `The stored gallery was made by ${stored.snapshot.embedder}, this terminal's pack has ${gallery.embedder}.`;
    terminal.note({
      kind: 'gallery.refused',
      body: { code: 'template.foreign-embedder', reason, topic: 'gallery.json' },
    });
    log.error("Nobody is known until the hub has enrolled them with this terminal's pack, or the old pack is back.");
  }
  terminal.note({
    kind: 'terminal.started',
    body: {
      version: packageVersion(),
      pack,
      embedder: gallery.embedder,
      galleryVersion: gallery.version,
      people: gallery.people.size,
    },
  });
  warnAboutShortfall(threshold, log);
}
