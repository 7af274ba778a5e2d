import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { LimenError, messageOf } from '../domain/errors.ts';
import { writeFailure } from './durable-file.ts';

/** A folder that belongs to this process alone until it is closed or the process ends. */
export interface DataFolder extends Disposable {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
  close(): void;
}

/**
 * Create the folder if need be (only its owner may enter) and take it for this process.
 *
 * The lock is SQLite's exclusive transaction on an empty database, which is a kernel lock on the file: it ends with
 * the process however the process ends, SIGKILL and power cut included, it cannot be stale, and taking it is atomic.
 * A pid file proves nothing (pids are reused after a reboot), and an abstract socket is invisible to a daemon in
 * another network namespace, where systemd's PrivateNetwork= puts it.
 *
 * @throws LimenError `data-folder.in-use` naming the process that has it, `file.unwritable`, `disk.full`, or
 *   `config.secret-exposed` when everyone may write there.
 */
export function openDataFolder(path: string): DataFolder {
  prepare(path);
  const holderFile = join(path, 'daemon.pid');
  const lock = takeLock(path, holderFile);
  try {
    writeFileSync(holderFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw writeFailure(holderFile, error);
  }
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    rmSync(holderFile, { force: true });
    lock.close();
  };
  return { path, file: (name) => join(path, name), close, [Symbol.dispose]: close };
}

function prepare(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writeFailure(path, error);
  }
  if ((statSync(path).mode & 0o002) === 0) return;
  throw new LimenError('config.secret-exposed', `Everyone on this machine may write into the data folder ${path}.`, {
    hint: `Run: chmod 700 ${path}`,
  });
}

/** No statement is prepared on this connection: one that waits for the garbage collector would keep the lock. */
function takeLock(path: string, holderFile: string): DatabaseSyncInstance {
  const lockFile = join(path, 'daemon.lock');
  let lock: DatabaseSyncInstance | undefined;
  try {
    writeFileSync(lockFile, '', { flag: 'a', mode: 0o600 });
    lock = new DatabaseSync(lockFile, { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { sqliteCodeName?: string }).sqliteCodeName !== 'SQLITE_BUSY') throw writeFailure(lockFile, error);
    throw new LimenError('data-folder.in-use', `The data folder ${path} is in use by ${holderIn(holderFile)}.`, {
      hint: 'Stop that process first ("systemctl stop limen"), or give this daemon a dataFolder of its own.',
      cause: error,
    });
  }
}

/** The holder writes its pid a moment after it has the lock, so the name may be missing; the lock never is. */
function holderIn(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8').trim() || '(starting)'}`;
  } catch (error) {
    return `another process (${messageOf(error)})`;
  }
}
