import { once } from 'node:events';
import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import type { BookedEvent, EventFilter } from '../hub/event-search.ts';
import { colours } from '../runtime/colours.ts';
import { instantFrom } from './attendance-flags.ts';
import { print, printJson } from './output.ts';
import { untilInterrupted } from './signals.ts';

interface FilterFlags {
  readonly config: string;
  readonly kind?: string[];
  readonly person?: string;
  readonly terminal?: string[];
  readonly from?: string;
  readonly to?: string;
}

interface ListFlags extends FilterFlags {
  readonly limit: string;
  readonly follow?: true;
  readonly json?: true;
}

/** `limen events`: what happened on the whole site, out of the hub's books. */
export function define(program: Command): void {
  const events = program
    .command('events')
    .description("what happened at every terminal, out of the hub's books")
    .addHelpText('after', '\nExample:\n  limen events --config hub.yaml --kind verdict.denied --follow');
  const withFilter = (name: string, options?: { isDefault: true }) =>
    events
      .command(name, options)
      .requiredOption('--config <file>', "the hub's YAML file")
      .option('--kind <kind...>', 'only these kinds: verdict.denied, or "door.*" for all that begin so')
      .option('--person <id>', 'only what names this person')
      .option('--terminal <name...>', 'only of these terminals')
      .option('--from <instant>', "from then on, by the terminal's clock: 2026-03-01T00:00Z")
      .option('--to <instant>', 'before then');
  withFilter('list', { isDefault: true })
    .description('the newest events, oldest of them first; what `limen events` does without another word')
    .option('--limit <n>', 'how many', '20')
    .option('--follow', 'go on with those that come, until Ctrl-C')
    .option('--json', 'print JSON; with --follow a line for each event')
    .addHelpText(
      'after',
      '\nExample:\n  limen events list --config hub.yaml --person 1001 --from 2026-03-01T00:00Z\n' +
        '  limen events list --config hub.yaml --kind "access.*" verdict.denied --follow',
    )
    .action(list);
  withFilter('export')
    .description('every event that matches, oldest first, on standard output')
    .option('--format <format>', 'csv, or jsonl: a line of JSON for each', 'jsonl')
    .addHelpText(
      'after',
      '\nExample:\n  limen events export --config hub.yaml --from 2026-03-01T00:00Z --format csv > march.csv',
    )
    .action(exportAll);
}

async function open({ config }: FilterFlags) {
  const [{ withBooks }, { loadHubConfig }, search, lines] = await Promise.all([
    import('../with-books.ts'),
    import('../config/load.ts'),
    import('../hub/event-search.ts'),
    import('../hub/event-table.ts'),
  ]);
  return { config: loadHubConfig(config), withBooks, ...search, ...lines };
}

async function list(flags: ListFlags): Promise<void> {
  const filter = filterFrom(flags);
  const limit = limitFrom(flags.limit);
  const { config, withBooks, searchEvents, followEvents, reachedBy, eventJsonLine } = await open(flags);
  await withBooks(config, ({ store: { db } }) =>
    untilInterrupted(async (signal) => {
      const since = await reachedBy(db);
      const { events } = await searchEvents(db, filter, { limit });
      const newest = events.toReversed();
      if (flags.json && flags.follow === undefined) return printJson(newest.map(shown));
      const show = (one: BookedEvent) => (flags.json ? process.stdout.write(eventJsonLine(one)) : print(line(one)));
      for (const one of newest) show(one);
      if (flags.follow === undefined) return;
      // What came while the page was read is in both.
      const known = new Set(newest.map(keyOf));
      for await (const one of followEvents(db, filter, { signal, since })) if (!known.has(keyOf(one))) show(one);
    }),
  );
}

async function exportAll(flags: FilterFlags & { readonly format: string }): Promise<void> {
  const { format } = flags;
  if (format !== 'csv' && format !== 'jsonl')
    throw new LimenError('usage.invalid', `--format ${format} is not known.`, { hint: 'Use csv or jsonl.' });
  const filter = filterFrom(flags);
  const { config, withBooks, everyEvent, eventCsvHeader, eventCsvLine, eventJsonLine } = await open(flags);
  const write = async (text: string) => {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  await withBooks(config, async ({ store: { db } }) => {
    if (format === 'csv') await write(eventCsvHeader);
    for await (const one of everyEvent(db, filter))
      await write(format === 'csv' ? eventCsvLine(one) : eventJsonLine(one));
  });
}

function filterFrom({ kind, person, terminal, from, to }: FilterFlags): EventFilter {
  const wrong = kind?.find((one) => !/^[a-z-]+\.([a-z-]+|\*)$/.test(one));
  if (wrong !== undefined)
    throw new LimenError('usage.invalid', `--kind ${wrong} cannot be a kind of event.`, {
      hint: 'Use kinds as `limen events` shows them, verdict.denied for example, or "verdict.*".',
    });
  return {
    kinds: kind,
    personId: person,
    terminals: terminal,
    from: from === undefined ? undefined : instantFrom('--from', from),
    to: to === undefined ? undefined : instantFrom('--to', to),
  };
}

function limitFrom(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100_000) return limit;
  throw new LimenError('usage.invalid', `--limit ${text} is not a number of events.`, {
    hint: 'Use a whole number from 1 to 100000; for all of them: limen events export',
  });
}

function shown({ event, receivedAt }: BookedEvent) {
  return { ...event, receivedAt };
}

function keyOf({ event: { terminal, seq } }: BookedEvent): string {
  return `${terminal}:${seq}`;
}

function line({ event: { terminal, seq, at, clock, kind, body } }: BookedEvent): string {
  const time = clock === 'synced' ? at : `${at}?`;
  return `${colours.dim(`${terminal}:${seq} ${time}`)} ${colours.bold(kind)} ${JSON.stringify(body)}`;
}
