import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { packTemplate } from '../domain/packed-template.ts';
import { cosineDistance, type Template } from '../domain/template.ts';

/** One refused visit of somebody unknown. */
export interface Visit {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly template: Template;
}

/**
 * Templates of faces that were refused as unknown, for a site that has asked for it: to notice that the same stranger
 * comes again and again. Biometric data of people who did not consent, so it is encrypted, never leaves the device, is
 * bounded in number and age, and can be erased by a command.
 */
export interface VisitorStore {
  /** @throws LimenError `file.unwritable`. */
  add(visit: { readonly at: Date; readonly template: Template }): void;
  /** Oldest first. Visits that this key does not open are left out. @throws LimenError `file.corrupt`. */
  all(): Visit[];
  /** Forget what is older. Returns how many visits were forgotten. @throws LimenError `file.unwritable`. */
  prune(before: Date): number;
  /**
   * Forget who was within `distance` of one of these templates of somebody; and visits by an embedder that none of them is
   * of, since nobody can tell whose they are. Returns how many visits.
   *
   * @throws LimenError `file.unwritable`.
   */
  forget(templates: readonly Template[], distance: number): number;
  /** Forget everything. Returns how many visits were forgotten. @throws LimenError `file.unwritable`. */
  erase(): number;
  close(): void;
}

/** More are not kept, whatever the age: a door on a busy street must not fill its disk with strangers. */
const mostVisits = 20_000;

const templateSchema = z.strictObject({ model: z.string(), scale: z.number(), data: z.base64() });

/**
 * Open the store, making it when there is none.
 *
 * @param options.key the 32 bytes of `loadAtRestKey`; the store's own key is derived from it (RFC 5869)
 * @throws LimenError `file.corrupt` when the file is no such store, `file.unwritable` when it cannot be made.
 */
export function openVisitorStore({ file, key }: { readonly file: string; readonly key: Buffer }): VisitorStore {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'limen visitors', 32));
  const writing = <T>(work: () => T) => converted(file, 'file.unwritable', work);
  const db = converted(file, existsSync(file) ? 'file.corrupt' : 'file.unwritable', () => open(file));
  return {
    add: ({ at, template }) =>
      writing(() => {
        const { nonce, sealed, tag } = seal(own, at.toISOString(), template);
        db.prepare('INSERT INTO visit (at, nonce, sealed, tag) VALUES (?, ?, ?, ?)').run(
          ...[at.toISOString(), nonce, sealed, tag],
        );
        db.prepare('DELETE FROM visit WHERE id <= (SELECT max(id) FROM visit) - ?').run(mostVisits);
      }),
    all: () =>
      converted(file, 'file.corrupt', () => {
        const rows = db.prepare('SELECT at, nonce, sealed, tag FROM visit ORDER BY id').all() as SealedVisit[];
        return rows.flatMap((row) => unseal(own, row) ?? []);
      }),
    forget: (templates, distance) =>
      writing(() => {
        const rows = db.prepare('SELECT id, at, nonce, sealed, tag FROM visit').all() as (SealedVisit & {
          id: number;
        })[];
        const gone = rows.filter((row) => isOf(templates, unseal(own, row)?.template, distance));
        const remove = db.prepare('DELETE FROM visit WHERE id = ?');
        for (const { id } of gone) remove.run(id);
        if (gone.length > 0) db.exec('VACUUM');
        return gone.length;
      }),
    prune: (before) =>
      writing(() => Number(db.prepare('DELETE FROM visit WHERE at < ?').run(before.toISOString()).changes)),
    erase: () =>
      writing(() => {
        const { changes } = db.prepare('DELETE FROM visit').run();
        db.exec('VACUUM');
        return Number(changes);
      }),
    close: () => db.close(),
  };
}

/** Of who never had a template nothing can be found; of who had, whatever cannot be compared may be theirs. */
function isOf(templates: readonly Template[], visit: Template | undefined, distance: number): boolean {
  if (visit === undefined || templates.length === 0) return false;
  const comparable = templates.filter(({ model }) => model === visit.model);
  return comparable.length === 0 || comparable.some((one) => cosineDistance(one, visit) <= distance);
}

/** Remove the store as a file: for a terminal that keeps no visitors any more. Nobody may have it open. */
export function removeVisitorStore(file: string): void {
  for (const name of [file, `${file}-journal`]) rmSync(name, { force: true });
}

interface SealedVisit {
  readonly at: string;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
  readonly tag: Uint8Array;
}

function open(file: string): InstanceType<typeof DatabaseSync> {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    // secure_delete, and no write-ahead log: what is forgotten is gone from the disk, too.
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON');
    db.exec(`CREATE TABLE IF NOT EXISTS visit (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, nonce BLOB NOT NULL, sealed BLOB NOT NULL, tag BLOB NOT NULL
    ) STRICT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function seal(key: Buffer, at: string, template: Template) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(at));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(packTemplate(template)), 'utf8'), cipher.final()]);
  return { nonce, sealed, tag: cipher.getAuthTag() };
}

function unseal(key: Buffer, { at, nonce, sealed, tag }: SealedVisit): Visit | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
      .setAAD(Buffer.from(at))
      .setAuthTag(tag);
    const plain = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    const { model, scale, data } = templateSchema.parse(JSON.parse(plain));
    return { at, template: { model, scale, data: Int8Array.from(Buffer.from(data, 'base64')) } };
  } catch {
    // Another key, after a new gallery.key, or a damaged row: of no use, and gone with its age.
    return null;
  }
}

function converted<T>(file: string, code: 'file.corrupt' | 'file.unwritable', work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new LimenError(code, `The visitors in ${file} cannot be kept or read: ${messageOf(cause)}.`, {
      hint: 'Check the disk; if the file is damaged, remove it: only the memory of unknown visitors is lost.',
      cause,
    });
  }
}
