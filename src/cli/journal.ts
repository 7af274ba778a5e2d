import { join } from 'node:path';
import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import type { EventKind, LimenEvent } from '../domain/event.ts';
import { colours } from '../runtime/colours.ts';
import { isThere } from '../runtime/is-there.ts';
import { print, printJson } from './output.ts';

interface JournalFlags {
  readonly config: string;
  readonly json?: true;
}

/** `limen journal`: what happened at a terminal. */
export function define(program: Command): void {
  const journal = program
    .command('journal')
    .description('what happened at a terminal')
    .addHelpText('after', '\nExample:\n  limen journal show --config door.yaml');
  journal
    .command('show')
    .description('print the newest events')
    .requiredOption('--config <file>', "the terminal's YAML file")
    .option('--limit <n>', 'how many', '20')
    .option('--kind <kind>', 'only this kind, for example verdict.granted')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen journal show --config door.yaml --kind verdict.denied')
    .action(show);
  journal
    .command('verify')
    .description('prove that no event was changed or taken out')
    .requiredOption('--config <file>', "the terminal's YAML file")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen journal verify --config door.yaml')
    .action(verify);
}

async function journalOf(flags: JournalFlags) {
  const [{ loadTerminalConfig }, { openJournalReader }] = await Promise.all([
    import('../config/load.ts'),
    import('../journal/sqlite-reader.ts'),
  ]);
  const { dataFolder, terminal } = loadTerminalConfig(flags.config);
  const file = join(dataFolder, 'journal.db');
  if (!isThere(file)) {
    throw new LimenError('file.unreadable', `The terminal ${terminal} has no journal yet in ${dataFolder}.`, {
      hint: 'Start it with `limen run`.',
    });
  }
  return openJournalReader(file);
}

async function show(flags: JournalFlags & { readonly limit: string; readonly kind?: string }): Promise<void> {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new LimenError('usage.invalid', `--limit ${flags.limit} is not a number of events.`, {
      hint: 'Use 1 or more.',
    });
  }
  const journal = await journalOf(flags);
  try {
    const events =
      flags.kind === undefined ? journal.latest(limit) : journal.latestOf([flags.kind as EventKind], limit);
    if (flags.json) printJson(events);
    else for (const event of events) print(line(event));
  } finally {
    journal.close();
  }
}

async function verify(flags: JournalFlags): Promise<void> {
  const journal = await journalOf(flags);
  try {
    const report = journal.verify();
    if (flags.json) printJson(report);
    if (report.brokenAt !== null) {
      throw new LimenError('journal.broken-chain', `Event ${report.brokenAt} does not follow from the one before it.`, {
        hint: 'Somebody changed the file, or the disk did: compare with the hub, which has its own copy of every event.',
      });
    }
    if (!flags.json)
      print(`${report.rows} events, ${report.firstSeq ?? '–'} to ${report.lastSeq ?? '–'}: the chain is whole.`);
  } finally {
    journal.close();
  }
}

function line({ seq, at, clock, kind, body }: LimenEvent): string {
  const time = clock === 'synced' ? at : `${at}?`;
  return `${colours.dim(`#${seq} ${time}`)} ${colours.bold(kind)} ${JSON.stringify(body)}`;
}
