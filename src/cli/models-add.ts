import { join } from 'node:path';
import type { Command } from 'commander';
import { isLimenError } from '../domain/errors.ts';
import type { PackFile } from '../vision/network-manifest.ts';
import { exitCode } from './exit-codes.ts';
import { forEveryone } from './for-everyone.ts';
import { print } from './output.ts';
import { untilInterrupted } from './signals.ts';

interface AddFlags {
  readonly to?: string;
  readonly from?: string;
}

/** `limen models add`. */
export function defineAdd(models: Command): void {
  models
    .command('add')
    .description('fetch packs, verify them, and keep them for use; an interrupted fetch goes on where it broke')
    .argument('<names...>', 'as `limen models list` shows them')
    .option('--to <folder>', 'where packs are kept (default: the first place limen looks in that may be written to)')
    .option('--from <folder-or-address>', 'take the files from a folder or a server of your own: no internet needed')
    .addHelpText(
      'after',
      '\nExample:\n  limen models add mobilefacenet yunet\n  limen models add mobilefacenet --from /media/usb/models',
    )
    .action((names: string[], flags: AddFlags) => untilInterrupted((signal) => add(names, flags, signal)));
}

async function add(names: readonly string[], flags: AddFlags, signal: AbortSignal): Promise<void> {
  const [{ catalogueEntry }, { placeForPacks }, { addPack }] = await Promise.all([
    import('../models/catalogue.ts'),
    import('../models/place.ts'),
    import('../models/add-pack.ts'),
  ]);
  forEveryone();
  const entries = names.map(catalogueEntry);
  const into = await placeForPacks(flags.to);
  for (const entry of entries) {
    const { name, licence } = entry.pack;
    const { onProgress, stop } = await progress(name);
    try {
      const from = flags.from === undefined ? {} : { from: flags.from };
      const fetched = await addPack({ entry, into, signal, onProgress, ...from });
      stop();
      print(
        fetched ? `${name} is in ${join(into, name)}. Licence: ${licence}.` : `${name} is there already, and whole.`,
      );
    } catch (error) {
      stop();
      if (!isLimenError(error, 'pack.unreachable') || !signal.aborted) throw error;
      print(`Stopped. What has arrived of ${name} is kept: the same command goes on from there.`);
      process.exitCode = exitCode.interrupted;
      return;
    }
  }
  if (flags.to !== undefined) await adviseOn(flags.to);
  print(`Use it: limen models use ${names[0]} --config door.yaml`);
}

/** A folder that limen does not look in by itself is of no use until it is told. */
async function adviseOn(folder: string): Promise<void> {
  const [{ resolve }, { packFolders }] = await Promise.all([import('node:path'), import('../vision/pack-folders.ts')]);
  if (packFolders().includes(resolve(folder))) return;
  print(
    `limen does not look in ${resolve(folder)} by itself: set LIMEN_MODELS=${resolve(folder)} for the daemon as well.`,
  );
}

/** A bar per file, where somebody watches. */
async function progress(name: string) {
  if (!process.stderr.isTTY) return { onProgress: () => {}, stop: () => {} };
  const { default: cliProgress } = await import('cli-progress');
  const format = `${name}: {file} {bar} {percentage} % of {megabytes} MB, {eta_formatted} left`;
  const bar = new cliProgress.SingleBar({ format, clearOnComplete: true, hideCursor: true }, cliProgress.Presets.rect);
  let current = '';
  const onProgress = ({ file, bytes: size }: PackFile, bytes: number) => {
    if (file !== current) bar.start(size, bytes, { file, megabytes: (size / 1e6).toFixed(1) });
    current = file;
    bar.update(bytes);
  };
  return { onProgress, stop: () => bar.stop() };
}
