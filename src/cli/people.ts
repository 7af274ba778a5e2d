import type { Command } from 'commander';
import { colours } from '../runtime/colours.ts';
import { type SayingFlags, sayingOf, withSaying } from './attendance-saying.ts';
import { print, printJson, table } from './output.ts';
import { defineAdd } from './people-add.ts';
import { defineErase } from './people-erase.ts';
import { defineExport } from './people-export.ts';
import { defineImport } from './people-import.ts';
import { defineMove } from './people-move.ts';
import { defineSet } from './people-set.ts';
import { whenPublished } from './published.ts';

interface ListFlags {
  readonly config: string;
  readonly group?: string;
  readonly search?: string;
  readonly suspended?: true;
  readonly json?: true;
}

type SuspendFlags = { readonly config: string; readonly json?: true };

/** `limen people`: who is enrolled, and everything that is done about them. */
export function define(program: Command): void {
  const people = program
    .command('people')
    .description('who is enrolled: list, add, import, change, move, suspend, forget a face, erase, export')
    .addHelpText('after', '\nExample:\n  limen people list --config hub.yaml');
  people
    .command('list')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('who is enrolled, and who is suspended')
    .option('--group <name>', 'only people of this group')
    .option('--search <text>', 'only those with this in their name or id')
    .option('--suspended', 'only those who are suspended')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen people list --config hub.yaml --group staff')
    .action(list);
  defineAdd(people);
  defineImport(people);
  defineSet(people);
  defineMove(people);
  withSaying(people.command('suspend'))
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--json', 'print JSON')
    .description('nobody lets them pass until they are resumed; nothing about them is lost')
    .addHelpText('after', '\nExample:\n  limen people suspend 1001 --reason "card and phone stolen" --config hub.yaml')
    .action(suspend);
  people
    .command('resume')
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--json', 'print JSON')
    .description('end a suspension: they are valid again as they were before')
    .addHelpText('after', '\nExample:\n  limen people resume 1001 --config hub.yaml')
    .action(resume);
  defineErase(people);
  defineExport(people);
}

async function list(flags: ListFlags): Promise<void> {
  const [{ withBooks }, { loadHubConfig }, { listPeople }] = await Promise.all([
    import('../with-books.ts'),
    import('../config/load.ts'),
    import('../hub/people-office.ts'),
  ]);
  const { group, search: text, suspended } = flags;
  const people = await withBooks(loadHubConfig(flags.config), ({ store }) =>
    listPeople(store, { group, text, suspended }),
  );
  if (flags.json) return printJson(people);
  const rows = people.map(({ id, name, groups, suspended: since, validFrom, validUntil, ...has }) => [
    id,
    name,
    groups.join(', '),
    since === null
      ? validity(validFrom, validUntil)
      : colours.yellow(`suspended ${since.since.slice(0, 10)}: ${since.reason}`),
    `${has.templates || 'no face'}${has.pin ? ', PIN' : ''}${has.cards > 0 ? `, ${has.cards} ${has.cards === 1 ? 'card' : 'cards'}` : ''}`,
  ]);
  for (const line of table([['ID', 'NAME', 'GROUPS', 'VALID', 'TEMPLATES'].map(colours.bold), ...rows])) print(line);
}

function validity(from: string | null, until: string | null): string {
  return from === null && until === null ? 'always' : `${from ?? '…'} – ${until ?? '…'}`;
}

async function suspend(id: string, flags: SuspendFlags & SayingFlags): Promise<void> {
  const { checkReason } = await import('../hub/sayable.ts');
  const by = sayingOf(flags);
  checkReason(by);
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  const changed = await withHub(loadHubConfig(flags.config), ({ hub }) => hub.suspend(id, by));
  if (flags.json) return printJson(changed);
  print(`Suspended ${id} (gallery version ${changed.version}). ${whenPublished(changed.published)}`);
}

async function resume(id: string, flags: SuspendFlags): Promise<void> {
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  const changed = await withHub(loadHubConfig(flags.config), ({ hub }) => hub.resume(id));
  if (flags.json) return printJson(changed);
  print(`Resumed ${id} (gallery version ${changed.version}). ${whenPublished(changed.published)}`);
}
