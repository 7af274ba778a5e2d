import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/runtime/package-root.ts';

const people = join(packageRoot(), 'test/people');
const clips = {
  p01: 'clips/walkup-p01-blink',
  p05: 'clips/walkup-p05-headturn',
} as const;

/** Who can stand before the camera. */
export type OnStage = keyof typeof clips | 'nobody';

/** What a replay camera plays, to be changed while it does: somebody comes, and goes again. */
export class Stage {
  /** As the configuration of the camera names it. */
  readonly camera: { readonly driver: 'replay'; readonly folder: string; readonly fps: number };
  readonly #folder: string;

  /** Nobody is there yet. */
  constructor(folder: string) {
    this.#folder = folder;
    this.camera = { driver: 'replay', folder: join(folder, 'now'), fps: 10 };
    const frames = readdirSync(join(people, clips.p01));
    const empty = join(people, 'scenes/empty-corridor.jpg');
    for (const [who, clip] of Object.entries({ ...clips, nobody: null })) {
      mkdirSync(join(folder, who), { recursive: true });
      for (const frame of frames)
        symlinkSync(clip === null ? empty : join(people, clip, frame), join(folder, who, frame));
    }
    this.show('nobody');
  }

  /** From the next picture on. The camera reads its pictures through a link, which is moved in one step. */
  show(who: OnStage): void {
    const next = join(this.#folder, 'next');
    symlinkSync(join(this.#folder, who), next);
    renameSync(next, join(this.#folder, 'now'));
  }
}
