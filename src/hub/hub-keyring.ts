import { stat } from 'node:fs/promises';
import { type HubKeys, importSigning, importSite, type NamedKey, publicHalf, type SiteKey } from '../sync/keys.ts';
import { changeHubKeyFile, type HubKeyFile, readHubKeyFile } from './hub-key-file.ts';

/** The hub's keys, as they are on the disk: a command beside a running hub may change them. */
export interface HubKeyring extends HubKeys {
  readonly document: HubKeyFile;
  /** Earlier keys of the hub: good for what stands in its own books, for no message. */
  readonly former: readonly NamedKey[];
  /** Names of all keys that are valid, the one in use first. */
  readonly valid: { readonly site: readonly string[]; readonly hub: readonly string[] };
  /** Take in what another process has changed. Call it before a piece of work that seals. */
  refresh(): Promise<void>;
  /** @throws LimenError as `changeHubKeyFile`. */
  change(change: (now: HubKeyFile) => HubKeyFile | null): Promise<void>;
}

/** @throws LimenError `key.missing`, `key.invalid`, `config.secret-exposed`. */
export async function openHubKeyring(file: string): Promise<HubKeyring> {
  let stamp = await stampOf(file);
  let current = await imported(await readHubKeyFile(file));
  return {
    get signing() {
      return current.signing;
    },
    get hub() {
      return current.hub;
    },
    get site() {
      return current.site;
    },
    get former() {
      return current.former;
    },
    get document() {
      return current.document;
    },
    get valid() {
      return { site: current.site.map(({ id }) => id), hub: current.hub.map(({ id }) => id) };
    },
    async refresh() {
      const now = await stampOf(file);
      if (now === stamp) return;
      current = await imported(await readHubKeyFile(file));
      stamp = now;
    },
    async change(change) {
      current = await imported(await changeHubKeyFile(file, change));
      stamp = await stampOf(file);
    },
  };
}

async function imported(document: HubKeyFile): Promise<HubKeys & Pick<HubKeyring, 'document' | 'former'>> {
  const hub: NamedKey[] = await Promise.all(inOrder(document.hub).map((jwk) => importSigning(publicHalf(jwk))));
  const site: SiteKey[] = await Promise.all(inOrder(document.site).map(importSite));
  const former = await Promise.all(document.former.map(importSigning));
  return { document, former, hub, site, signing: await importSigning(document.hub.current) };
}

/** The one in use, then the other that is valid. */
export function inOrder<K>({ current, next, previous }: { current: K; next: K | null; previous: K | null }): K[] {
  return [current, next, previous].filter((key): key is K => key !== null);
}

async function stampOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  return found === null ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

const lookEveryMs = 1000;

/** Look for changes that other processes make to the keys, and for one that was not brought to its end. */
export function watchKeys(keyring: HubKeyring, onWork: () => unknown): NodeJS.Timeout {
  let known = keyring.document.sequence;
  const look = async () => {
    await keyring.refresh();
    const { sequence, site, hub } = keyring.document;
    if (sequence === known && site.previous === null && hub.previous === null) return;
    known = sequence;
    onWork();
  };
  // What is wrong with the file is told by whoever needs it next.
  return setInterval(() => void look().catch(() => {}), lookEveryMs).unref();
}
