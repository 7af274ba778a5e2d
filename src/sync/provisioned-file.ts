import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import { previousOf, readDurable, writeDurable } from '../runtime/durable-file.ts';
import { giveToOwner } from '../runtime/give-to-owner.ts';
import { readSecretFile } from '../runtime/secrets.ts';
import {
  importAgreement,
  importSigning,
  importSite,
  type NamedKey,
  type OwnKeys,
  type SiteKey,
  type TrustedKeys,
} from './keys.ts';
import type { HeldKeys } from './messages.ts';
import { type Provisioning, parseProvisioning } from './provisioning.ts';

/** Where a terminal keeps what it was provisioned with. */
export function provisionedFileIn(dataFolder: string): string {
  return join(dataFolder, 'terminal.limen');
}

/** Who a terminal is, by its configuration. */
export interface Identity {
  readonly site: string;
  readonly terminal: string;
  readonly dataFolder: string;
}

/** What became of a provisioning file. */
export type Installed = 'new' | 'replaced' | 'already there';

/** How a provisioning file is put into place. */
export interface InstallOptions {
  /** Also where another terminal was, or a newer file. */
  readonly replace?: boolean;
  /** Called before it is put into place when no key of the hub before is in it. What this throws leaves all as it was. */
  readonly leaveHub?: () => Promise<void>;
}

/**
 * Put a provisioning file into place: checked, durable, readable by its owner only. The very same file again changes
 * nothing: the hub, or this terminal, may have changed keys since.
 *
 * @throws LimenError `provisioning.invalid`, `provisioning.mismatch` when it is for another terminal, or would take the
 *   place of another site's or of a newer one; `key.missing`, `file.unreadable`, `config.secret-exposed` when others can
 *   read it; `disk.full`, `file.unwritable`.
 */
export async function installProvisioning(
  file: string,
  identity: Identity,
  { replace = false, leaveHub = async () => {} }: InstallOptions = {},
): Promise<Installed> {
  const next = parseProvisioning(readSecretFile(file), file);
  assertFor(next, identity, file);
  await importProvisioned(next, file);
  const place = provisionedFileIn(identity.dataFolder);
  const before = (await stored(place).catch((error) => (replace ? null : Promise.reject(error))))?.value ?? null;
  if (before !== null) {
    if (isSame(before, next)) return 'already there';
    if (!replace) assertMayFollow(before, next, file);
    if (isOfAnotherHub(before, next)) await leaveHub();
  }
  await mkdir(identity.dataFolder, { recursive: true, mode: 0o700 });
  // The keys before are no use to anybody any more, and a fallback to them would be a terminal that nobody believes.
  await writeDurable(place, encode(next), { keepPrevious: false });
  await rm(previousOf(place), { force: true });
  await giveToOwner(place);
  return before === null ? 'new' : 'replaced';
}

/** What a terminal was provisioned with; `null` when it never was. @throws LimenError as {@link readDurable}. */
export async function readProvisioned(identity: Identity): Promise<Provisioning | null> {
  const file = provisionedFileIn(identity.dataFolder);
  const found = await stored(file);
  if (found === null) return null;
  assertFor(found.value, identity, file);
  return found.value;
}

/** Keep it, with the generation before. @throws LimenError `disk.full`, `file.unwritable`. */
export function writeProvisioned(file: string, document: Provisioning): Promise<void> {
  return writeDurable(file, encode(document));
}

/** What a terminal was provisioned with, ready to be used. */
export interface ProvisionedKeys extends TrustedKeys {
  readonly own: OwnKeys;
  readonly document: Provisioning;
  readonly held: HeldKeys;
}

/** @throws LimenError `provisioning.invalid` naming `file` when something in it is no key. */
export async function importProvisioned(document: Provisioning, file: string): Promise<ProvisionedKeys> {
  const { sequence, hub, site, signing, agreement } = document.keys;
  try {
    const [hubKeys, siteKeys]: [NamedKey[], SiteKey[]] = [
      await Promise.all(hub.map(importSigning)),
      await Promise.all(site.map(importSite)),
    ];
    const own = { signing: await importSigning(signing), agreement: await importAgreement(agreement) };
    const held = { sequence, hub: hubKeys.map(({ id }) => id), site: siteKeys.map(({ id }) => id) };
    return { document, hub: hubKeys, site: siteKeys, own, held };
  } catch (cause) {
    throw new LimenError('provisioning.invalid', `${file} holds a key that is none: ${messageOf(cause)}`, {
      hint: 'Make a new one on the hub: limen hub provision TERMINAL --replace --config hub.yaml',
      cause,
    });
  }
}

function stored(file: string) {
  return readDurable(file, (bytes) => parseProvisioning(bytes.toString('utf8'), file));
}

function encode(document: Provisioning): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function assertFor(document: Provisioning, { site, terminal }: Identity, file: string): void {
  if (document.site === site && document.terminal === terminal) return;
  throw new LimenError(
    'provisioning.mismatch',
    `${file} is for ${document.terminal} of ${document.site}; this terminal is ${terminal} of ${site}.`,
    { hint: 'Bring the file of this terminal, or mend "site" and "terminal" in the configuration.' },
  );
}

/** Told by who made it when: the keys in it may have been changed since. */
function isSame(before: Provisioning, next: Provisioning): boolean {
  return before.site === next.site && before.terminal === next.terminal && before.issuedAt === next.issuedAt;
}

/** A change of keys leaves one that both files have, unless the terminal was away for two. */
function isOfAnotherHub(before: Provisioning, next: Provisioning): boolean {
  const known = new Set(before.keys.hub.map(({ x }) => x));
  return !next.keys.hub.some(({ x }) => known.has(x));
}

function assertMayFollow(before: Provisioning, next: Provisioning, file: string): void {
  if (before.site !== next.site || before.terminal !== next.terminal) {
    throw new LimenError(
      'provisioning.mismatch',
      `This data folder belongs to ${before.terminal} of ${before.site}; ${file} is for ${next.terminal} of ${next.site}.`,
      { hint: 'Use another dataFolder, or --replace to make it the other terminal for good.' },
    );
  }
  if (Date.parse(next.issuedAt) > Date.parse(before.issuedAt)) return;
  throw new LimenError('provisioning.mismatch', `${file} is older than what this terminal was provisioned with.`, {
    hint: 'Bring the newest file of `limen hub provision`; --replace puts this one into place all the same.',
  });
}
