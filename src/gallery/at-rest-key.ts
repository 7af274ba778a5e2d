import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { writeDurable } from '../runtime/durable-file.ts';

/** The credential a systemd unit may hand over: `LoadCredential=gallery.key:/etc/limen/gallery.key`. */
export const galleryKeyCredential = 'gallery.key';

export interface AtRestKeyOptions {
  /** Where the key lies when systemd does not hand one over; made at the first start. */
  readonly file: string;
  /** Make the key where there is none; default `true`. Who only reads a gallery says `false`. */
  readonly create?: boolean;
  /** systemd's credentials folder; `$CREDENTIALS_DIRECTORY` unless given. */
  readonly credentialsFolder?: string | undefined;
}

/**
 * The 32 bytes that templates are encrypted with on this device: systemd's credential if there is one, else the key
 * file, which is created when it is not there and `create` allows it. The file holds 64 hexadecimal digits (`openssl rand -hex 32`).
 *
 * @throws LimenError `config.secret-exposed` when others may read the file, `key.invalid` when it does not hold a key,
 *   `key.missing` when it cannot be read, `disk.full` or `file.unwritable` when it cannot be made.
 */
export async function loadAtRestKey(options: AtRestKeyOptions): Promise<Buffer> {
  const folder = options.credentialsFolder ?? process.env.CREDENTIALS_DIRECTORY;
  if (folder !== undefined) {
    const credential = join(folder, galleryKeyCredential);
    // systemd grants the service access by an ACL, whose mask shows up as group bits: only "others" means exposed here.
    const key = readKey(credential, 0o007);
    if (key !== null) return key;
  }
  const key = readKey(options.file, 0o077);
  if (key !== null) return key;
  if (options.create ?? true) return createKey(options.file);
  throw new LimenError('key.missing', `The gallery key ${options.file} is not there.`, { hint: restore(options.file) });
}

function restore(file: string): string {
  return `Restore it from your backup. Without it the gallery on this device is lost: remove ${file} and the gallery files, and the hub sends everyone again.`;
}

async function createKey(file: string): Promise<Buffer> {
  const key = randomBytes(32);
  await writeDurable(file, `${key.toString('hex')}\n`, { keepPrevious: false });
  return key;
}

function readKey(file: string, exposedBits: number): Buffer | null {
  try {
    if ((statSync(file).mode & exposedBits) !== 0) throw exposed(file);
    return decodeKey(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    if (error instanceof LimenError) throw error;
    throw new LimenError('key.missing', `The gallery key ${file} cannot be read: ${messageOf(error)}.`, {
      hint: 'Give the file to the user limen runs as.',
      cause: error,
    });
  }
}

function decodeKey(file: string, text: string): Buffer {
  if (/^[0-9a-f]{64}\s*$/i.test(text)) return Buffer.from(text.trim(), 'hex');
  throw new LimenError('key.invalid', `The gallery key ${file} does not hold 64 hexadecimal digits.`, {
    hint: restore(file),
  });
}

function exposed(file: string): LimenError {
  return new LimenError('config.secret-exposed', `Others on this machine may read the gallery key ${file}.`, {
    hint: `Run: chmod 600 ${file}`,
  });
}
