import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import { writeDurable } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import type { Pack } from '../vision/pack.ts';

/** What was measured on a pack and goes into it. */
export interface Measured {
  readonly calibration?: Calibration;
  readonly glimpseCalibration?: Calibration;
  /** By name; figures of other names stay. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

/**
 * Write what was measured into the pack that gives the embedder: into its pack.json, and into the measured.json beside it
 * where there is one, which is what the shipped pack is built from.
 *
 * @returns the files that were written
 * @throws LimenError `evaluate.too-little` when the pack's impostor figures rest on more people than the new ones;
 *   `file.unwritable`, `disk.full`; a file is then as it was.
 */
export async function keepInPack({ embedder, calibration: before }: Pack, measured: Measured): Promise<string[]> {
  if (measured.calibration) assertNoLess(measured.calibration, before);
  const [pack, source] = [join(embedder.folder, 'pack.json'), join(embedder.folder, 'measured.json')];
  const files = isThere(source) ? [source, pack] : [pack];
  for (const file of files) {
    const before = JSON.parse(await readFile(file, 'utf8')) as { figures?: object };
    const after = {
      ...before,
      ...(file === source && { embedderSha256: embedder.sha256 }),
      ...(measured.figures && { figures: { ...before.figures, ...measured.figures } }),
      ...(measured.calibration && { calibration: measured.calibration }),
      ...(measured.glimpseCalibration && { glimpseCalibration: measured.glimpseCalibration }),
    };
    await writeDurable(file, `${JSON.stringify(after, null, 2)}\n`, { keepPrevious: false });
    // Written by whoever installs packs, read by the daemon's own user.
    await chmod(file, 0o644);
  }
  return files;
}

/** Fewer people promise less, and every door with this pack would derive a threshold from it, or none. */
function assertNoLess(measured: Calibration, kept: Calibration | null): void {
  if (kept === null || kept.embedder !== measured.embedder || kept.people <= measured.people) return;
  throw new LimenError(
    'evaluate.too-little',
    `The pack has figures of ${kept.people} people, which promise more than these of ${measured.people}; they are kept.`,
    {
      hint: 'Measure more people, keep these beside the pack with --out FILE instead of --write, or take "calibration" out of its pack.json first.',
    },
  );
}
