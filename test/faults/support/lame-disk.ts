import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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
    t.teardown(() => spawnSync('umount', ['--lazy', disk.folder]));
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
  async repair(): Promise<void> {
    // A journal that was closed is held until V8 has collected its statements; this process has looked into it often.
    setFlagsFromString('--expose-gc');
    for (let i = 0; i < 20 && spawnSync('mountpoint', ['-q', this.folder]).status === 0; i++) {
      runInNewContext('gc')();
      await delay(100);
      spawnSync('umount', [this.folder]);
    }
    // A disk that is still held anywhere would come back as it is, read-only: then this has to fail, not the wait after it.
    if (spawnSync('mountpoint', ['-q', this.folder]).status === 0) throw new Error(`somebody holds ${this.folder}`);
    spawnSync('fsck.ext4', ['-p', this.#image]);
    this.#run('mount', '-o', 'loop', this.#image, this.folder);
  }

  #run(program: string, ...args: string[]): void {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
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
