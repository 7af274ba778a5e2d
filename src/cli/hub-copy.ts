import type { Command } from 'commander';
import { print } from './output.ts';

interface CopyFlags {
  readonly config: string;
  readonly to: string;
}

/** `limen hub copy`: the books into another database. */
export function defineCopy(hub: Command): void {
  hub
    .command('copy')
    .requiredOption('--config <file>', "the hub's YAML file, whose section store has the books")
    .requiredOption('--to <file>', 'a YAML file like it, whose section store has the empty database')
    .description('copy the books into another database, for instance from SQLite to PostgreSQL')
    .addHelpText(
      'after',
      `
Stop the hub first. Everything is copied in one transaction and read back: people, events, rules, commands, and the
history that terminals know the hub by. The books that were copied stay as they are. docs/hub-store.md

Example:
  limen hub copy --config hub.yaml --to hub-on-postgres.yaml`,
    )
    .action(copy);
}

async function copy(flags: CopyFlags): Promise<void> {
  const [{ loadHubConfig }, { hubBooks }, { copyBooks }] = await Promise.all([
    import('../config/load.ts'),
    import('../hub-books.ts'),
    import('../hub/copy-books.ts'),
  ]);
  const [from, to] = [loadHubConfig(flags.config), loadHubConfig(flags.to)];
  const { people, templates, events, terminals } = await copyBooks({ from: hubBooks(from), to: hubBooks(to) });
  print(`Copied and read back: ${people} people (the erased included) with ${templates} templates,`);
  print(`${events} events of ${terminals} terminals, and everything else.`);
  print(`From now on: limen hub run --config ${flags.to}`);
  print('Put the old books away, and start no hub with them: it would be an older copy of this one.');
}
