import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { readDurable, writeDurable } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import { readSecretFile } from '../runtime/secrets.ts';
import { makeSigningJwk, makeSiteJwk, privateSigningJwk, publicHalf, publicSigningJwk, siteJwk } from '../sync/keys.ts';

/** The keys of one kind. `next` is on its way to the terminals, `previous` on its way out; never both. */
function inTurn<K extends z.ZodType>(key: K) {
  return z.strictObject({ current: key, next: key.nullable(), previous: key.nullable() });
}

const hubKeyFileSchema = z.strictObject({
  format: z.literal(1),
  /** Counts every change. */
  sequence: z.number().int().min(0),
  site: inTurn(siteJwk),
  hub: inTurn(privateSigningJwk),
  /** Public halves of earlier keys of the hub: what they signed in its own books stays signed. No message is opened with them. */
  former: z.array(publicSigningJwk),
});
/** The hub's keys on its disk. They never leave it, but for the site key, which every terminal gets. */
export type HubKeyFile = z.infer<typeof hubKeyFileSchema>;
export type KeyKind = 'site' | 'hub';

/**
 * Make the keys of a new site (Ed25519 and 256 random bits), readable by their owner only.
 *
 * @throws LimenError `key.invalid` when the site has keys: a lost key cannot be made again.
 */
export async function createHubKeys(file: string): Promise<void> {
  if (isThere(file)) {
    throw new LimenError('key.invalid', `${file} exists, and a key is never overwritten.`, {
      hint: 'The site has its keys already: go on with them. For a new site, choose another dataFolder.',
    });
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const only = <K>(current: K) => ({ current, next: null, previous: null });
  await write(file, { format: 1, sequence: 0, site: only(makeSiteJwk()), hub: only(makeSigningJwk()), former: [] });
}

/** @throws LimenError `key.missing`, `key.invalid`, `config.secret-exposed` when others may read it. */
export async function readHubKeyFile(file: string): Promise<HubKeyFile> {
  if (!isThere(file)) {
    throw new LimenError('key.missing', `The keys of the site are not there: ${file}.`, {
      hint: 'Make them with `limen hub init`; if there were some, restore the data folder from its backup.',
    });
  }
  readSecretFile(file);
  return (await readDurable(file, (bytes) => decode(bytes, file)))!.value;
}

/**
 * Change the keys, one process at a time. `change` is given what is on the disk now; `null` leaves it.
 * Durable when it resolves.
 */
export async function changeHubKeyFile(
  file: string,
  change: (now: HubKeyFile) => HubKeyFile | null,
): Promise<HubKeyFile> {
  const release = await lock(`${file}.lock`);
  try {
    const now = await readHubKeyFile(file);
    const next = change(now);
    if (next === null) return now;
    const counted = { ...next, sequence: now.sequence + 1 };
    await write(file, counted);
    return counted;
  } finally {
    release();
  }
}

/** A new key of these kinds, to be spread. One that was being spread is given up: somebody who must not have it has it. */
export function begun(now: HubKeyFile, kinds: readonly KeyKind[]): HubKeyFile {
  return {
    ...now,
    ...(kinds.includes('site') && { site: { ...now.site, next: makeSiteJwk(), previous: null } }),
    ...(kinds.includes('hub') && {
      hub: { ...now.hub, next: makeSigningJwk(), previous: null },
      former: formerOf(now),
    }),
  };
}

/** What was spread is used from now on; `null` when nothing was. */
export function switched(now: HubKeyFile): HubKeyFile | null {
  if (now.site.next === null && now.hub.next === null) return null;
  return { ...now, site: turned(now.site), hub: turned(now.hub) };
}

/** What was used before is no key any more; `null` when there is none. */
export function retired(now: HubKeyFile): HubKeyFile | null {
  if (now.site.previous === null && now.hub.previous === null) return null;
  const former = formerOf(now);
  return { ...now, site: { ...now.site, previous: null }, hub: { ...now.hub, previous: null }, former };
}

function formerOf({ hub, former }: HubKeyFile): HubKeyFile['former'] {
  return hub.previous === null ? former : [...former, publicHalf(hub.previous)];
}

function turned<K>(keys: { current: K; next: K | null; previous: K | null }) {
  return keys.next === null ? keys : { current: keys.next, next: null, previous: keys.current };
}

function write(file: string, content: HubKeyFile): Promise<void> {
  return writeDurable(file, `${JSON.stringify(content, null, 2)}\n`);
}

function decode(bytes: Buffer, file: string): HubKeyFile {
  try {
    return hubKeyFileSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new LimenError('key.invalid', `${file} does not hold the keys of a site.`, {
      hint: 'Restore the data folder from its backup; without these keys every terminal has to be provisioned anew.',
      cause,
    });
  }
}

const lockPatienceMs = 10_000;

/** A kernel lock by SQLite, which ends with the process however it ends; see `runtime/data-folder.ts`. */
async function lock(file: string): Promise<() => void> {
  const deadlineMs = performance.now() + lockPatienceMs;
  for (;;) {
    const db = new DatabaseSync(file);
    try {
      db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return () => db.close();
    } catch (cause) {
      db.close();
      if (performance.now() > deadlineMs) throw locked(cause);
    }
    await delay(20);
  }
}

function locked(cause: unknown): LimenError {
  return new LimenError('file.unwritable', `The keys cannot be changed now: ${messageOf(cause)}.`, {
    hint: 'Another command may be changing them: try again.',
    cause,
  });
}
