import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Chance } from '../simulation/chance.ts';
import type { FileOp } from './trace.ts';

/** What a folder may look like after the power was cut at some moment. */
export interface CrashState {
  readonly files: ReadonlyMap<string, Buffer>;
  /** What the process had said by then. */
  readonly said: readonly string[];
}

type DataOp = Extract<FileOp, { kind: 'write' | 'truncate' }>;
type NameOp = Extract<FileOp, { kind: 'name' }>;

/** Disks write sectors whole. */
const sectorBytes = 512;
const randomSubsets = 4;

/**
 * Every kind of state that a power cut may leave, at every moment of a trace, each once:
 *
 * - What was written to a file since its last fsync may be there, in part, torn at a sector, in any selection, or not.
 * - Of the names given since the folder's last fsync, the first so many are there (`ordered`: what journalling file
 *   systems do: ext4, f2fs, btrfs, xfs), or any selection. A rename is atomic. Syncing a file does not sync its name.
 */
export function* crashStates(
  ops: readonly FileOp[],
  options: { chance: Chance; moments: number },
): Generator<CrashState> {
  const { chance, moments } = options;
  const known = new Set<string>();
  const said: string[] = [];
  const disk = new Disk();
  const every = Math.max(1, (ops.length + 1) / moments);
  let nextMoment = 0;
  for (let moment = 0; moment <= ops.length; moment++) {
    const before = ops[moment - 1];
    if (before?.kind === 'said') said.push(...before.text.split('\n'));
    else if (before !== undefined) disk.take(before);
    if (moment < nextMoment && moment < ops.length) continue;
    nextMoment += every;
    for (const files of disk.statesNow(chance)) {
      const key = `${said.length} ${fingerprint(files)}`;
      if (known.has(key)) continue;
      known.add(key);
      yield { files, said: [...said] };
    }
  }
}

/** Put a state on a real disk. */
export function restore({ files }: CrashState, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes, { mode: 0o600 });
  }
}

/** A disk and its cache: what is certainly there, and what may be. */
class Disk {
  readonly #names: NameOp[] = [];
  #pendingNames: NameOp[] = [];
  readonly #contents = new Map<number, Buffer>();
  readonly #pending = new Map<number, DataOp[]>();

  take(op: FileOp): void {
    if (op.kind === 'name') this.#pendingNames.push(op);
    else if (op.kind === 'sync-names') this.#names.push(...this.#pendingNames.splice(0));
    else if (op.kind === 'sync') {
      this.#contents.set(
        op.inode,
        this.#contentOf(op.inode, (one) => one),
      );
      this.#pending.delete(op.inode);
    } else if (op.kind !== 'said') {
      this.#pending.set(op.inode, [...(this.#pending.get(op.inode) ?? []), op]);
    }
  }

  *statesNow(chance: Chance): Generator<Map<string, Buffer>> {
    const pending = this.#pendingNames;
    const selections = pending.map((_, count) => pending.slice(0, count)).concat([pending]);
    for (let i = 0; i < randomSubsets && pending.length > 1; i++) {
      selections.push(pending.filter(() => chance.percent(50)));
    }
    const isCertain = this.#pending.size === 0;
    for (const selection of selections) {
      const names = namesAfter([...this.#names, ...selection]);
      for (const pick of isCertain ? [nothing] : picks(chance)) {
        yield new Map([...names].map(([name, inode]) => [name, this.#contentOf(inode, pick)]));
      }
    }
  }

  #contentOf(inode: number, pick: Pick): Buffer {
    const durable = this.#contents.get(inode) ?? Buffer.alloc(0);
    const left = (this.#pending.get(inode) ?? []).map(pick).filter((op) => op !== null);
    return left.length === 0 ? durable : left.reduce(applied, Buffer.from(durable));
  }
}

function namesAfter(ops: readonly NameOp[]): Map<string, number> {
  const names = new Map<string, number>();
  for (const { sets, drops } of ops) {
    if (drops !== null) names.delete(drops);
    if (sets !== null) names.set(...sets);
  }
  return names;
}

/** Decides of each pending operation what is left of it; `null` for nothing. */
type Pick = (op: DataOp) => DataOp | null;

const nothing: Pick = () => null;

function picks(chance: Chance): Pick[] {
  const some: Pick = (op) => (chance.percent(50) ? op : chance.percent(50) ? null : torn(op, chance));
  return [nothing, (op) => op, (op) => torn(op, chance), some, some, some];
}

/** The sectors of a write reach the disk in any order. */
function torn(op: DataOp, chance: Chance): DataOp {
  if (op.kind === 'truncate') return op;
  const firstEnd = sectorBytes - (op.at % sectorBytes);
  const sectors = 1 + Math.ceil(Math.max(0, op.bytes.length - firstEnd) / sectorBytes);
  const cut = firstEnd + sectorBytes * (chance.between(1, Math.max(1, sectors - 1)) - 1);
  if (chance.percent(70)) return { ...op, bytes: op.bytes.subarray(0, Math.min(cut, op.bytes.length)) };
  return { ...op, at: op.at + Math.min(cut, op.bytes.length), bytes: op.bytes.subarray(cut) };
}

/** What was never written between the parts that were is zeros. */
function applied(content: Buffer, op: DataOp): Buffer {
  const length = op.kind === 'truncate' ? op.length : Math.max(content.length, op.at + op.bytes.length);
  const next =
    length === content.length
      ? content
      : Buffer.concat([content, Buffer.alloc(Math.max(0, length - content.length))], length);
  if (op.kind === 'write') op.bytes.copy(next, op.at);
  return next;
}

function fingerprint(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name} ${bytes.length} `).update(bytes);
  return hash.digest('base64');
}
