import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TestSite } from '../support/terminal.ts';
import { makeLightPack } from './light-pack.ts';

/**
 * Leaves in `folder` what a terminal has after its first synchronisation: `data/` with a gallery of two people, known by
 * the networks in `pack/`. Made outside of the test machine, as a hub would, by the code of today; emulated it would take
 * minutes.
 */
export async function makeSite(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pack = join(folder, 'pack');
  makeLightPack(pack);
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
