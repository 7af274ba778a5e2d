import { shown } from './in-words.ts';
import type { StoreConfig } from './schema.ts';

/** What a rule reports: the key, and what is wrong with it. */
export type Wrong = (path: readonly string[], says: string) => void;

/** Names of this machine, as a URL has them. */
export const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|)$/;

/** What is wrong with the address of a database, or with what stands beside it. */
export function storeProblems(store: StoreConfig, wrong: Wrong): void {
  if (store.driver !== 'postgres') return;
  if (!URL.canParse(store.url)) {
    wrong(['store', 'url'], `${shown(store.url)} is not a whole address; expected postgres://USER@HOST/DATABASE`);
    return;
  }
  const { hostname, password, pathname, searchParams } = new URL(store.url);
  const mode = searchParams.get('sslmode');
  const encrypted = mode === 'verify-full';
  // Configurations are copied, mailed and printed; files of secrets are guarded.
  if (password !== '' || searchParams.has('password'))
    wrong(['store', 'url'], 'holds a password: use store.passwordFile');
  if (pathname.length < 2) wrong(['store', 'url'], 'names no database; expected postgres://USER@HOST/DATABASE');
  // Half of them do not check whom they talk to, and drivers do not agree which.
  if (mode !== null && !encrypted && mode !== 'disable')
    wrong(['store', 'url'], `sslmode ${shown(mode)} is not "verify-full" or "disable"`);
  // The books are names, faces and hashes of PINs: whoever sends them in clear has to say so.
  if (mode === null && !loopback.test(hostname))
    wrong(
      ['store', 'url'],
      'goes over the network without TLS: add ?sslmode=verify-full, or ?sslmode=disable where every machine on that network is trusted',
    );
  if (store.caFile !== undefined && !encrypted)
    wrong(['store', 'caFile'], 'has no effect without TLS: add ?sslmode=verify-full to store.url');
}
