import type { Command } from 'commander';
import { isLimenError } from '../domain/errors.ts';
import type { InstalledPack } from '../vision/pack.ts';
import type { PackManifest } from '../vision/pack-manifest.ts';
import { print, printError, printJson, table } from './output.ts';

/** `limen models list`. */
export function defineList(models: Command): void {
  models
    .command('list')
    .description('the packs that are here and those that can be fetched: what they do, how well, under which licence')
    .option('--json', 'print JSON: every pack.json, and the addresses of what can be fetched')
    .addHelpText('after', '\nExample:\n  limen models list')
    .action(list);
}

interface Row {
  readonly pack: PackManifest;
  readonly installed: boolean;
  readonly urls: Readonly<Record<string, readonly string[]>> | null;
}

async function list(flags: { json?: true }, command: Command): Promise<void> {
  const [{ installedPacks }, { readCatalogue }, { readManifest }] = await Promise.all([
    import('../models/installed.ts'),
    import('../models/catalogue.ts'),
    import('../vision/pack.ts'),
  ]);
  const catalogue = readCatalogue();
  const urlsOf = (name: string) => catalogue.find(({ pack }) => pack.name === name)?.urls ?? null;
  const rows: Row[] = [];
  for (const { folder } of installedPacks()) {
    try {
      const { folder: _folder, ...pack }: InstalledPack = await readManifest(folder);
      rows.push({ pack, installed: true, urls: urlsOf(pack.name) });
    } catch (error) {
      // One folder that is no pack must not hide the others.
      if (!isLimenError(error)) throw error;
      printError(error, command.optsWithGlobals().verbose === true);
    }
  }
  const here = new Set(rows.map(({ pack }) => pack.name));
  for (const { pack, urls } of catalogue) if (!here.has(pack.name)) rows.push({ pack, installed: false, urls });
  if (flags.json) printJson(rows.map(({ pack, installed, urls }) => ({ ...pack, installed, urls })));
  else await show(rows);
}

async function show(rows: readonly Row[]): Promise<void> {
  const [{ bytesOf }, { roles }] = await Promise.all([
    import('../models/catalogue.ts'),
    import('../vision/pack-manifest.ts'),
  ]);
  const head = ['NAME', 'HERE', 'GIVES', 'SIZE', 'LFW', 'TAR@1e-3', 'LICENCE'];
  const cells = rows.map(({ pack, installed }) => [
    pack.name,
    installed ? 'yes' : 'no',
    roles.filter((role) => pack[role] !== undefined).join(', '),
    `${(bytesOf(pack) / 1e6).toFixed(1)} MB`,
    ...accuracyOf(pack),
    pack.licence,
  ]);
  for (const line of table([head, ...cells])) print(line);
  print();
  print(
    'LFW: pairs of pictures told apart correctly. TAR@1e-3: pairs of one person accepted when 1 of 1,000 strangers is.',
  );
  const missing = rows.filter(({ installed }) => !installed).map(({ pack }) => pack.name);
  if (missing.length > 0) print(`Fetch what is not here: limen models add ${missing.join(' ')}`);
  const unmeasured = rows
    .filter(({ pack, installed }) => installed && pack.embedder && pack.calibration === null)
    .map(({ pack }) => pack.name);
  if (unmeasured.length > 0) {
    print(
      `No impostor figures, so they let nobody in yet: ${unmeasured.join(', ')}. Measure: limen evaluate calibration`,
    );
  }
}

/** What `limen evaluate verification --write lfwDev` leaves in a pack, as far as it is shown here. */
interface LfwFigures {
  readonly accuracy?: number;
  readonly allAgainstAll?: { readonly trueAcceptanceAtFar?: Readonly<Record<string, number>> };
}

/** The figures that a pack carries about its embedder; a dash where nobody has measured them. */
function accuracyOf({ figures }: PackManifest): [string, string] {
  const lfw = figures.lfwDev as LfwFigures | undefined;
  const percent = (share: number | undefined) => (share === undefined ? '–' : `${(share * 100).toFixed(2)} %`);
  return [percent(lfw?.accuracy), percent(lfw?.allAgainstAll?.trueAcceptanceAtFar?.['0.001'])];
}
