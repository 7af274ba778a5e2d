import type { Command } from 'commander';
import { printJson } from './output.ts';

/** `limen people export`: what there is about one person, for a request of access. */
export function defineExport(people: Command): void {
  people
    .command('export')
    .argument('<id>', 'id of the person; of somebody who was erased as well')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('everything the hub has about one person, as JSON, for a request of access (GDPR, Article 15)')
    .addHelpText(
      'after',
      `
Templates and PINs are described and not given out: a copy of them would open doors.

Example:
  limen people export 1001 --config hub.yaml > 1001.json`,
    )
    .action(exportOne);
}

async function exportOne(id: string, flags: { readonly config: string }): Promise<void> {
  const [{ loadHubConfig }, { withBooks }, { dossierOf }, { statementBook }, { systemClock }] = await Promise.all([
    import('../config/load.ts'),
    import('../with-books.ts'),
    import('../hub/person-dossier.ts'),
    import('../hub/statement-book.ts'),
    import('../runtime/clock.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const dossier = await withBooks(config, ({ store, keys }) => {
    const statements = statementBook({ db: store.db, keys, clock: systemClock });
    return dossierOf(id, { store, statements, site: config.site, clock: systemClock });
  });
  printJson(dossier);
}
