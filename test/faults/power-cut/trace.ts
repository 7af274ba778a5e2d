import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a process did to the files of a folder, in order. Inodes are numbered as they appear. */
export type FileOp =
  | { readonly kind: 'write'; readonly inode: number; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly inode: number; readonly length: number }
  /** Everything done to this inode until now is on the disk. */
  | { readonly kind: 'sync'; readonly inode: number }
  /** A name comes to mean an inode, and another stops meaning one: creation, link, rename, removal. */
  | { readonly kind: 'name'; readonly sets: readonly [string, number] | null; readonly drops: string | null }
  /** Every name until now is on the disk. */
  | { readonly kind: 'sync-names' }
  /** The process says, on its standard output, that something is done. */
  | { readonly kind: 'said'; readonly text: string };

const calls =
  'openat,open,creat,close,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,dup,dup2,dup3,copy_file_range,sendfile';

/** Run a module under strace and read what it did below `folder`. @throws what the module said when it failed. */
export function traced(module: URL, args: readonly string[], folder: string): FileOp[] {
  const own = mkdtempSync(join(tmpdir(), 'limen-trace-'));
  const file = join(own, 'trace');
  try {
    const options = ['-f', '-xx', '-s', String(1 << 24), '-e', `trace=${calls}`, '-e', 'signal=none', '-o', file];
    // The ring of io_uring would pass strace by.
    const env = { ...process.env, UV_USE_IO_URING: '0' };
    const command = [...options, process.execPath, module.pathname, ...args];
    const { status, stderr } = spawnSync('strace', command, { env, maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${module.pathname} ended with ${status}: ${stderr}`);
    return new TraceReader(folder).read(readFileSync(file, 'latin1'));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

interface OpenFile {
  /** `null` for the folder itself. */
  readonly inode: number | null;
  readonly appends: boolean;
  offset: number;
}

/** Reads the lines of `strace -f -xx`; one process, any number of threads. */
class TraceReader {
  readonly #folder: string;
  readonly #ops: FileOp[] = [];
  readonly #names = new Map<string, number>();
  readonly #sizes: number[] = [];
  readonly #open = new Map<number, OpenFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(text: string): FileOp[] {
    const begun = new Map<string, string>();
    for (const line of text.split('\n')) {
      const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
      const unfinished = rest.indexOf(' <unfinished ...>');
      if (unfinished >= 0) {
        begun.set(thread, rest.slice(0, unfinished));
        continue;
      }
      const [, resumed] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
      this.#take(resumed === undefined ? rest : `${begun.get(thread) ?? ''}${resumed}`);
    }
    return this.#ops;
  }

  #take(line: string): void {
    const [, call = '', given = '', result = ''] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? [];
    const returned = Number(result);
    if (call === '' || returned < 0) return;
    const texts = [...given.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => unhex(hex ?? ''));
    const numbers = given.split(', ').map(Number);
    const fd = Number(/^\d+/.exec(given)?.[0] ?? Number.NaN);
    if (call === 'openat' || call === 'open' || call === 'creat') this.#opened(texts[0]!.toString(), given, returned);
    else if (call === 'close') this.#open.delete(fd);
    else if (call === 'write' && fd === 1) this.#ops.push({ kind: 'said', text: texts[0]!.toString().trim() });
    else if (call === 'write' || call === 'pwrite64') {
      this.#wrote(fd, texts[0]!.subarray(0, returned), call === 'write' ? null : numbers.at(-1)!);
    } else if (call === 'ftruncate') this.#truncated(this.#open.get(fd), numbers[1]!);
    else if (call === 'fsync' || call === 'fdatasync') this.#synced(this.#open.get(fd));
    else if (/^(rename|link|unlink)/.test(call)) this.#named(call, texts.map(String));
    else if (this.#open.has(fd)) throw new Error(`The trace has a call that is not understood: ${line.slice(0, 200)}`);
  }

  #opened(path: string, given: string, fd: number): void {
    this.#open.delete(fd);
    if (path === this.#folder) this.#open.set(fd, { inode: null, appends: false, offset: 0 });
    const name = this.#nameOf(path);
    if (name === null) return;
    let inode = this.#names.get(name);
    if (inode === undefined) {
      if (!given.includes('O_CREAT')) return;
      inode = this.#sizes.push(0) - 1;
      this.#name([name, inode], null);
    }
    const file: OpenFile = { inode, appends: given.includes('O_APPEND'), offset: 0 };
    this.#open.set(fd, file);
    if (given.includes('O_TRUNC') && this.#sizes[inode]! > 0) this.#truncated(file, 0);
  }

  #wrote(fd: number, bytes: Buffer, at: number | null): void {
    const file = this.#open.get(fd);
    if (file === undefined || file.inode === null) return;
    const from = at ?? (file.appends ? this.#sizes[file.inode]! : file.offset);
    if (at === null) file.offset = from + bytes.length;
    this.#sizes[file.inode] = Math.max(this.#sizes[file.inode]!, from + bytes.length);
    this.#ops.push({ kind: 'write', inode: file.inode, at: from, bytes });
  }

  #truncated(file: OpenFile | undefined, length: number): void {
    if (file === undefined || file.inode === null) return;
    this.#sizes[file.inode] = length;
    this.#ops.push({ kind: 'truncate', inode: file.inode, length });
  }

  #synced(file: OpenFile | undefined): void {
    if (file === undefined) return;
    this.#ops.push(file.inode === null ? { kind: 'sync-names' } : { kind: 'sync', inode: file.inode });
  }

  #named(call: string, [from = '', to = '']: readonly string[]): void {
    const old = this.#nameOf(from);
    if (old === null) return;
    if (call.startsWith('unlink')) {
      this.#name(null, old);
      return;
    }
    const inode = this.#names.get(old);
    const fresh = this.#nameOf(to);
    if (inode === undefined || fresh === null) throw new Error(`${call} of ${from} to ${to} is not understood`);
    this.#name([fresh, inode], call.startsWith('rename') ? old : null);
  }

  #name(sets: readonly [string, number] | null, drops: string | null): void {
    if (drops !== null) this.#names.delete(drops);
    if (sets !== null) this.#names.set(...sets);
    this.#ops.push({ kind: 'name', sets, drops });
  }

  /** The name of a file in the folder; `null` for any other, and for the shared memory of SQLite, which no power cut survives. */
  #nameOf(path: string): string | null {
    if (!path.startsWith(`${this.#folder}/`) || path.endsWith('-shm')) return null;
    return path.slice(this.#folder.length + 1);
  }
}

function unhex(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}
