import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isLimenError } from '../domain/errors.ts';
import { packageRoot } from '../runtime/package-root.ts';
import type { InstalledPack } from '../vision/pack.ts';
import { exitCodeOf } from './exit-codes.ts';
import { print, printError, printJson, table } from './output.ts';

/** `limen models`: the packs on this machine. */
export function define(program: Command): void {
  const models = program
    .command('models')
    .description('the packs of networks on this machine')
    .addHelpText('after', '\nExample:\n  limen models list');
  models
    .command('list')
    .description('what each pack is, its licence, and what was measured')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen models list')
    .action(list);
  models
    .command('verify')
    .description('check every file of every pack against its sha256')
    .argument('[packs...]', 'names or folders; all that are installed when left out')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen models verify faceapi')
    .action(verify);
}

function installed(): string[] {
  const folder = join(packageRoot(), 'models');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'build')
    .map((entry) => entry.name);
}

async function load(name: string): Promise<InstalledPack> {
  const [{ readManifest, verifyFiles }, { resolvePackFolder }] = await Promise.all([
    import('../vision/pack.ts'),
    import('../vision/pack-folders.ts'),
  ]);
  const pack = await readManifest(resolvePackFolder(name));
  await verifyFiles(pack);
  return pack;
}

async function list(flags: { json?: true }): Promise<void> {
  const packs = await Promise.all(installed().map(load));
  if (flags.json) {
    printJson(packs.map(({ folder: _folder, ...manifest }) => manifest));
    return;
  }
  for (const pack of packs) {
    print(`${pack.name}: ${pack.title} (${pack.licence})`);
    const rows = (['detector', 'landmarks', 'embedder'] as const).map((role) => {
      const network = pack[role];
      return network
        ? [role, network.id, network.precision, `${(network.bytes / 1e6).toFixed(2)} MB`, network.licence]
        : [role, '(none: the first pack that has one gives it)'];
    });
    rows.push(pack.liveness ? ['liveness', pack.liveness.id] : ['liveness', '(none)']);
    for (const line of table(rows)) print(`  ${line}`);
    const { calibration } = pack;
    print(
      calibration === null
        ? '  no impostor figures: no threshold can be derived'
        : `  impostor figures: ${calibration.impostorPairs.toLocaleString('en-US')} pairs of ${calibration.people} people, ${calibration.source}`,
    );
  }
}

async function verify(names: string[], flags: { json?: true }): Promise<void> {
  const results: unknown[] = [];
  for (const name of names.length > 0 ? names : installed()) {
    try {
      const pack = await load(name);
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
