import { join } from 'node:path';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import { readDurable, writeDurable } from '../runtime/durable-file.ts';
import type { Opener } from './envelope.ts';
import { importSigning, type NamedKey } from './keys.ts';
import type { Delivery, Link } from './link.ts';
import { parseMessage } from './messages.ts';
import { type KnownTerminal, type Registry, type Roster, rosterSchema } from './roster.ts';
import { topicsOf } from './topics.ts';

/** What a {@link openRosterReplica} works with. */
export interface RosterOptions {
  readonly site: string;
  readonly link: Link;
  readonly opener: Opener;
  /** Where the newest one is kept: an older one is refused after a restart as well. */
  readonly file: string;
  /** The hub has told of this one: none before it is believed. */
  readonly leastVersion: () => number;
  readonly report: Report;
}

/** Where a terminal keeps the newest roster. */
export function rosterFileIn(dataFolder: string): string {
  return join(dataFolder, 'terminals.json');
}

/** The other terminals of the site, as the hub names them. */
export interface RosterReplica extends Registry {
  /** Begin to listen; whoever needs no neighbour never asks for it. */
  follow(): Promise<void>;
}

/**
 * Keep the hub's roster. One that is older than another that was seen, or than what the hub told of, is refused and
 * reported as `keys.refused`: it could bring a revoked terminal back. Until there is one, nobody is known.
 *
 * @throws LimenError `file.unreadable`.
 */
export async function openRosterReplica(options: RosterOptions): Promise<RosterReplica> {
  const { link, opener, file, leastVersion, report } = options;
  const topic = topicsOf(options.site).roster;
  const keys = new Map<string, Promise<NamedKey>>();
  let current: Roster | null = await readKept(file).catch((error) => {
    if (!isLimenError(error, 'file.corrupt')) throw error;
    report({ kind: 'keys.refused', body: { code: error.code, reason: error.message, topic } });
    return null;
  });
  let following = false;
  let refused = '';
  let working: Promise<void> = Promise.resolve();

  const take = async ({ payload }: Delivery) => {
    if (payload.byteLength === 0) return;
    try {
      const next = await opener.roster(payload);
      const least = Math.max(leastVersion(), current?.version ?? 0);
      if (next.version === current?.version) return;
      if (next.version < least) throw outdated(next.version, least);
      await writeDurable(file, JSON.stringify(next));
      current = next;
      refused = '';
    } catch (error) {
      const reason = messageOf(error);
      if (refused === reason) return;
      refused = reason;
      report({ kind: 'keys.refused', body: { code: isLimenError(error) ? error.code : 'internal', reason, topic } });
    }
  };

  const keyOf = (x: string) => {
    const known = keys.get(x);
    if (known !== undefined) return known;
    const importing = importSigning({ kty: 'OKP', crv: 'Ed25519', x });
    keys.set(x, importing);
    return importing;
  };

  return {
    find: async (terminal): Promise<KnownTerminal | null> => {
      if (current === null || current.version < leastVersion()) return null;
      const entry = entryOf(current, terminal);
      if (entry === undefined) return null;
      const names = [entry.key, ...(entry.next === undefined ? [] : [entry.next])];
      return { id: terminal, keys: await Promise.all(names.map(keyOf)), revoked: entry.revoked === true };
    },
    follow: async () => {
      if (following) return;
      following = true;
      await link.subscribe(topic, (delivery) => {
        working = working.then(() => take(delivery)).catch(() => {});
      });
    },
  };
}

function entryOf(roster: Roster, terminal: string): Roster['terminals'][string] | undefined {
  return Object.hasOwn(roster.terminals, terminal) ? roster.terminals[terminal] : undefined;
}

async function readKept(file: string): Promise<Roster | null> {
  return (await readDurable(file, decode))?.value ?? null;
}

function decode(bytes: Buffer): Roster {
  try {
    return parseMessage(rosterSchema, bytes.toString('utf8'));
  } catch (cause) {
    throw new LimenError('file.corrupt', 'The list of terminals on this disk is damaged.', { cause });
  }
}

function outdated(version: number, least: number): LimenError {
  return new LimenError(
    'message.outdated',
    `The list of terminals has version ${version}; there was version ${least}.`,
    {
      hint: 'The broker gives out an old one, or the hub runs on an old copy of its database.',
    },
  );
}
