import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { isLimenError, LimenError } from '../domain/errors.ts';
import { type Generation, readDurable, writeDurable } from './durable-file.ts';

/** Which file, what it is for, and the 32 bytes that this device encrypts with. */
export interface SealedFileOptions {
  readonly file: string;
  /** Keeps the file of one purpose from being taken for that of another: each has a key of its own, by HKDF. */
  readonly purpose: string;
  readonly key: Buffer;
}

/** A JSON value on the disk that nobody else can read or change unnoticed; two generations, see `durable-file.ts`. */
export class SealedFile {
  readonly #options: SealedFileOptions;
  readonly #key: Buffer;
  #damaged = false;

  constructor(options: SealedFileOptions) {
    this.#options = options;
    this.#key = Buffer.from(hkdfSync('sha256', options.key, '', `limen ${options.purpose}`, 32));
  }

  /**
   * What was written last; the generation before it where that is damaged or `decode` refuses it. `null` when nothing
   * was ever written.
   *
   * @throws LimenError `file.corrupt` when no generation can be used, `file.unreadable`.
   */
  async read<T>(decode: (value: unknown) => T): Promise<Generation<T> | null> {
    const found = await readDurable(this.#options.file, (bytes) => this.#opened(bytes, decode));
    this.#damaged = found?.fault != null;
    return found;
  }

  /** Durable when it resolves. @throws LimenError `disk.full`, `file.unwritable`; the file is then as it was. */
  async write(value: unknown): Promise<void> {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    await writeDurable(this.#options.file, bytes, { keepPrevious: !this.#damaged });
    this.#damaged = false;
  }

  #opened<T>(bytes: Buffer, decode: (value: unknown) => T): T {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      const plain = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
      return decode(JSON.parse(plain.toString('utf8')));
    } catch (cause) {
      if (isLimenError(cause)) throw cause;
      throw new LimenError('file.corrupt', `${this.#options.file} was changed, damaged, or written with another key.`, {
        cause,
      });
    }
  }
}
