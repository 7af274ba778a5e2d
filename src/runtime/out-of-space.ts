import { LimenError } from '../domain/errors.ts';

/** SQLITE_FULL and SQLITE_IOERR, the low byte of a result code: https://sqlite.org/rescode.html. */
const [ioError, full] = [10, 13];
/** EFBIG, ENOSPC, EDQUOT on Linux: a file size limit (systemd's LimitFSIZE, ulimit -f) fills up like a disk does. */
const noSpace = [27, 28, 122];
/** The same as Node names them, and PostgreSQL's disk_full. */
const noSpaceCodes = ['EFBIG', 'ENOSPC', 'EDQUOT', '53100'];

/** Whether something could not be written since its disk is full: as SQLite, PostgreSQL (53100) or Node say it. */
export function isOutOfSpace(error: unknown): boolean {
  const { code = '', sqliteExtendedCode = 0, systemErrno = 0 } = error as Partial<SqliteError> & { code?: string };
  const kind = sqliteExtendedCode & 0xff;
  const isFull = kind === full || (kind === ioError && noSpace.includes(systemErrno));
  return isFull || noSpaceCodes.includes(code);
}

interface SqliteError {
  readonly sqliteExtendedCode: number;
  readonly systemErrno: number;
}

/** `disk.full`: what could not be written, and what follows from it. */
export function diskFull(
  what: string,
  { until, cause }: { readonly until: string; readonly cause: unknown },
): LimenError {
  return new LimenError('disk.full', `${what} cannot be written: there is no space left on its disk.`, {
    hint: `Free some space: "df -h" and "journalctl --disk-usage" show where it went. ${until}`,
    cause,
  });
}
