import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedPackFolder } from '../../src/vision/pack-folders.ts';

/**
 * Leaves in `folder` the shipped networks as the shipped pack glimpses with them: the first half of the embedder, without
 * its mirror, calibrated as such; and a detector that looks at a smaller picture. Emulated, the whole pack takes 8 s for a
 * frame, and what was seen more than 5 s ago opens no door.
 */
export function makeLightPack(folder: string): void {
  cpSync(shippedPackFolder(), folder, { recursive: true });
  const file = join(folder, 'pack.json');
  const { embedder, detector, glimpseCalibration, ...pack } = JSON.parse(readFileSync(file, 'utf8'));
  const { second, glimpse, ...first } = embedder;
  const light = {
    ...{ ...pack, name: 'light', calibration: glimpseCalibration },
    detector: { ...detector, input: { ...detector.input, widthPx: 128, heightPx: 128 } },
    embedder: { ...first, id: glimpse.id, mirror: false, dimensions: first.dimensions - second.dimensions },
  };
  writeFileSync(file, JSON.stringify(light));
}
