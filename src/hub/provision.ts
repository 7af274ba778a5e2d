import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import type { KeyFiles } from '../sync/keys.ts';

/** Whom to provision, with which keys, and where to put them. */
export interface ProvisionRequest {
  readonly terminal: string;
  readonly keys: KeyFiles;
  readonly folder: string;
}

/**
 * Copy what a terminal needs: the site key (secret, 0600) and the hub's public key. The private key stays.
 *
 * @throws LimenError `usage.invalid`, `key.missing`, `file.unwritable`.
 */
export function provisionTerminal({ terminal, keys, folder }: ProvisionRequest): Omit<KeyFiles, 'hubPrivateKeyFile'> {
  if (!idPattern.test(terminal)) {
    throw new LimenError('usage.invalid', `${JSON.stringify(terminal)} cannot be the name of a terminal.`, {
      hint: 'Use letters, digits, ".", "_" and "-", at most 64.',
    });
  }
  const files = { siteKeyFile: join(folder, 'site-key.json'), hubPublicKeyFile: join(folder, 'hub-public-key.json') };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    copyFileSync(keys.siteKeyFile, files.siteKeyFile);
    chmodSync(files.siteKeyFile, 0o600);
    copyFileSync(keys.hubPublicKeyFile, files.hubPublicKeyFile);
    chmodSync(files.hubPublicKeyFile, 0o644);
  } catch (cause) {
    const missing = (cause as { code?: string; path?: string }).code === 'ENOENT';
    if (missing) {
      throw new LimenError('key.missing', 'The site has no keys yet.', {
        hint: 'Make them first: limen hub init --config FILE',
        cause,
      });
    }
    throw new LimenError('file.unwritable', `The keys cannot be written to ${folder}: ${messageOf(cause)}.`, {
      hint: 'Choose a folder that you may write to with --out.',
      cause,
    });
  }
  return files;
}
