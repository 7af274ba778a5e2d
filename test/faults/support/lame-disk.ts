import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** A real file system of its own, that a test fills up, and makes read-only as the kernel does after an error of the disk. */
export class LameDisk {
  readonly folder: string;
  readonly #image: string;

  private constructor(folder: string, image: string) {
    this.folder = folder;
    this.#image = image;
  }

  /** ext4 of so many MB, mounted on `folder`; `null`, said so, where this user may not mount. */
  static mount(t: ExecutionContext, folder: string, sizeMb: number): LameDisk | null {
    const image = `${folder}.ext4`;
    const made = [
      ['truncate', '-s', `${sizeMb}M`, image],
      ['mkfs.ext4', '-q', '-m', '0', image],
      ['mount', '-o', 'loop', image, folder],
    ].map(([program = '', ...args]) => spawnSync(program, args, { encoding: 'utf8' }));
    const failed = made.find(({ status }) => status !== 0);
    if (failed !== undefined) {
      t.log(`skipped: this user may not mount a disk (${failed.stderr?.trim() || failed.error?.message})`);
      t.pass();
      return null;
    }
    const disk = new LameDisk(folder, image);
    t.teardown(() => disk.#unmount());
    return disk;
  }

  /** Leave no room at all. */
  fill(): void {
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.folder, 'ballast')}`, 'bs=4k']);
  }

  /** There is room again. */
  empty(): void {
    rmSync(join(this.folder, 'ballast'), { force: true });
  }

  /** What the kernel does with a disk that fails: nothing is written any more, also by whoever has a file open. */
  becomeReadOnly(): boolean {
    return spawnSync('mount', ['-o', 'remount,abort', this.folder]).status === 0 && !this.#writable();
  }

  /** After the repair: the same disk, mounted anew. Nobody may have a file open there. */
  repair(): void {
    this.#unmount();
    spawnSync('fsck.ext4', ['-p', this.#image]);
    const { status, stderr } = spawnSync('mount', ['-o', 'loop', this.#image, this.folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the disk could not be mounted again: ${stderr}`);
  }

  #unmount(): void {
    if (spawnSync('umount', [this.folder]).status !== 0) spawnSync('umount', ['--lazy', this.folder]);
  }

  #writable(): boolean {
    try {
      writeFileSync(join(this.folder, 'probe'), 'x');
      return true;
    } catch {
      return false;
    }
  }
}
