import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HubConfig } from './config/schema.ts';
import { LimenError, messageOf } from './domain/errors.ts';
import type { Books } from './hub/database.ts';
import { readSecretFile } from './runtime/secrets.ts';

/**
 * Where the hub of this configuration keeps its books, with what it takes to get in.
 *
 * @throws LimenError `config.secret-exposed`, `key.missing`, `file.unreadable`.
 */
export function hubBooks({ store, dataFolder }: Pick<HubConfig, 'store' | 'dataFolder'>): Books {
  if (store.driver === 'sqlite') return { driver: 'sqlite', file: join(dataFolder, 'hub.db') };
  const { url, passwordFile, caFile } = store;
  return {
    driver: 'postgres',
    url,
    // One line; what ends it is no part of a password, and blanks may be.
    password: passwordFile === undefined ? undefined : readSecretFile(passwordFile).replace(/\r?\n$/, ''),
    ca: caFile === undefined ? undefined : certificateIn(caFile),
  };
}

function certificateIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LimenError('file.unreadable', `The certificate ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check store.caFile, and that the user limen runs as may read it.',
      cause,
    });
  }
}
