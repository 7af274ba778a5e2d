import type { Command } from 'commander';
import type { ListedPack } from '../models/list-packs.ts';
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

async function list(flags: { json?: true }, command: Command): Promise<void> {
  const { listPacks } = await import('../models/list-packs.ts');
  // One folder that is no pack must not hide the others.
  const rows = await listPacks((error) => printError(error, command.optsWithGlobals().verbose === true));
  if (flags.json) printJson(rows.map(({ pack, installed, urls }) => ({ ...pack, installed, urls })));
  else await show(rows);
}

async function show(rows: readonly ListedPack[]): Promise<void> {
  const [{ bytesOf }, { roles }] = await Promise.all([
    import('../models/catalogue.ts'),
    import('../vision/pack-manifest.ts'),
  ]);
  const head = ['NAME', 'HERE', 'GIVES', 'SIZE', 'LFW', 'TAR@1e-3', 'LICENCE'];
  const cells = rows.map(({ pack, installed, ...row }) => [
    pack.name,
    installed ? 'yes' : 'no',
    roles.filter((role) => pack[role] !== undefined).join(', '),
    `${(bytesOf(pack) / 1e6).toFixed(1)} MB`,
    ...accuracyOf({ pack, installed, ...row }),
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

/** The figures that a pack carries about its embedder; a dash where nobody has measured them. */
function accuracyOf({ figures }: ListedPack): [string, string] {
  const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(2)} %`);
  return [percent(figures.accuracy), percent(figures.trueAcceptance)];
}
