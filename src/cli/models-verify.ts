import type { Command } from 'commander';
import { isLimenError } from '../domain/errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import { print, printError, printJson } from './output.ts';

/** `limen models verify`. */
export function defineVerify(models: Command): void {
  models
    .command('verify')
    .description('check every file of every pack against its sha256')
    .argument('[packs...]', 'names or folders; all that are installed when left out')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen models verify faceapi')
    .action(verify);
}

async function verify(names: string[], flags: { json?: true }): Promise<void> {
  const [{ installedPacks }, { readManifest, verifyFiles }, { resolvePackFolder }] = await Promise.all([
    import('../models/installed.ts'),
    import('../vision/pack.ts'),
    import('../vision/pack-folders.ts'),
  ]);
  const results: unknown[] = [];
  for (const name of names.length > 0 ? names : installedPacks().map(({ name: installed }) => installed)) {
    try {
      const pack = await readManifest(resolvePackFolder(name));
      await verifyFiles(pack);
      results.push({ name: pack.name, whole: true, error: null });
      if (!flags.json) print(`${pack.name}: every file is the one that pack.json names`);
    } catch (error) {
      if (!isLimenError(error)) throw error;
      results.push({ name, whole: false, error: { code: error.code, message: error.message } });
      printError(error, false);
      process.exitCode = exitCodeOf(error);
    }
  }
  if (flags.json) printJson(results);
}
