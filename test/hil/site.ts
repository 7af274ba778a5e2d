import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { peopleFolder } from '../support/people.ts';
import { TestSite } from '../support/terminal.ts';
import { makeLightPack } from './light-pack.ts';
import { pictureOfCamera } from './support/limen.ts';

/**
 * Leaves in `folder` what a terminal has after its first synchronisation: `data/` with a gallery of two people, known by
 * the networks in `pack/`; and `p01.jpg`, the picture that is held before its camera. Made outside of the test machine, as a hub would, by the code of today; emulated it would take
 * minutes.
 */
export async function makeSite(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pack = join(folder, 'pack');
  makeLightPack(pack);
  const { widthPx: width, heightPx: height } = pictureOfCamera;
  // Cut out, not made smaller: eyes nearer together than 30 pixels are refused.
  await sharp(join(peopleFolder, 'people/p01/probe-1.jpg'))
    .extract({ left: 175, top: 104, width, height })
    .jpeg({ quality: 95, chromaSubsampling: '4:2:0' })
    .toFile(join(folder, 'p01.jpg'));
  const site = new TestSite(join(folder, 'hub-and-terminal'));
  mkdirSync(site.folder);
  await site.startHub({ recognition: { pack } });
  await site.enrol('p01', 'p05');
  const terminal = site.startTerminal({
    camera: { driver: 'replay', folder: site.folder },
    recognition: { liveness: 'off', pack },
  });
  await site.event('gallery.updated');
  terminal.kill('SIGTERM');
  await terminal;
  for (const file of ['gallery.json', 'gallery.key']) cpSync(join(site.dataFolder, file), join(folder, 'data', file));
  await site.close();
  rmSync(site.folder, { recursive: true });
}
