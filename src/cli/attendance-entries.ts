import type { Command } from 'commander';
import type { Approvable, EntrySaid, PunchCode } from '../attendance/facts.ts';
import { LimenError } from '../domain/errors.ts';
import { colours } from '../runtime/colours.ts';
import { dayFrom, instantFrom, type OfficeFlags, periodFrom, withOffice } from './attendance-flags.ts';
import { type SayingFlags, sayingOf, wayBack, withSaying } from './attendance-saying.ts';
import { print, printJson, table } from './output.ts';

type EntryFlags = OfficeFlags & SayingFlags;

const codes: readonly PunchCode[] = ['in', 'out', 'break-start', 'break-end', 'change'];
const approvables: readonly Approvable[] = ['early-arrival', 'late-departure', 'overtime'];

/** What the office can say about punches and days. Nothing of it alters a punch, and all of it can be reversed. */
export function defineEntries(attendance: Command): void {
  const entry = (name: string, example: string) =>
    withSaying(attendance.command(name))
      .requiredOption('--config <file>', "the hub's YAML file")
      .addHelpText('after', `\nExample:\n  limen attendance ${name} ${example} --reason "…" --config hub.yaml`);
  entry('add', '1001 out 2026-03-02T16:30+01:00 --site works')
    .argument('<person>', 'id of the person')
    .argument('<code>', codes.join(', '))
    .argument('<instant>', 'with its zone')
    .requiredOption('--site <name>', 'where')
    .option('--work <name>', 'what was worked on')
    .description('a punch that nobody made')
    .action((personId: string, code: string, at: string, flags: EntryFlags & { site: string; work?: string }) => {
      const { site, work } = flags;
      const when = instantFrom('INSTANT', at).toISOString();
      const what = { kind: 'add', personId, code: oneOf('CODE', code, codes), at: when, site } as const;
      return say({ ...what, ...(work !== undefined && { work }) }, flags);
    });
  entry('void', 'gate-1:4711')
    .argument('<punch>', 'id of the punch')
    .description('a punch that does not count')
    .action((punch: string, flags: EntryFlags) => say({ kind: 'void', punch }, flags));
  entry('move', 'gate-1:4711 2026-03-02T16:30+01:00')
    .argument('<punch>', 'id of the punch')
    .argument('<instant>', 'when it was, with its zone')
    .description('a punch that was at another time')
    .action((punch: string, at: string, flags: EntryFlags) =>
      say({ kind: 'move', punch, at: instantFrom('INSTANT', at).toISOString() }, flags),
    );
  entry('recode', 'gate-1:4711 out')
    .argument('<punch>', 'id of the punch')
    .argument('<code>', codes.join(', '))
    .description('a punch that meant something else')
    .action((punch: string, code: string, flags: EntryFlags) =>
      say({ kind: 'recode', punch, code: oneOf('CODE', code, codes) }, flags),
    );
  entry('leave', '1001 2026-03-02 2026-03-06 --as holiday')
    .argument('<person>', 'id of the person')
    .argument('<from>', 'first day')
    .argument('<to>', 'last day, included')
    .requiredOption('--as <name>', 'holiday, sick, …')
    .option('--unpaid', 'not paid: nothing is expected, and nothing credited')
    .description('days off')
    .action((personId: string, from: string, to: string, flags: EntryFlags & { as: string; unpaid?: true }) => {
      const days = periodFrom({ from, to }, ['FROM', 'TO']);
      return say({ kind: 'leave', personId, ...days, leave: flags.as, paid: flags.unpaid !== true }, flags);
    });
  entry('approve', '1001 2026-03-02 overtime')
    .argument('<person>', 'id of the person')
    .argument('<day>', 'the day')
    .argument('<what>', approvables.join(', '))
    .description('let time count that needs an approval')
    .action((personId: string, day: string, what: string, flags: EntryFlags) =>
      say({ kind: 'approve', personId, day: dayFrom('DAY', day), what: oneOf('WHAT', what, approvables) }, flags),
    );
  entry('reverse', '01JABC…')
    .argument('<entry>', 'id of the entry')
    .description('take back what was said: an entry, a move, a plan')
    .action(reverse);
  attendance
    .command('entries')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--person <id>', 'about this person')
    .option('--json', 'print JSON')
    .description('everything that was said: who, when, why')
    .addHelpText('after', '\nExample:\n  limen attendance entries --person 1001 --config hub.yaml')
    .action(list);
}

async function say(said: EntrySaid, flags: EntryFlags): Promise<void> {
  const id = await withOffice(flags, (office) => office.say(said, sayingOf(flags)));
  print(`Entry ${id}. ${wayBack(id, flags)}`);
}

async function reverse(entry: string, flags: EntryFlags): Promise<void> {
  const id = await withOffice(flags, async (office) => {
    const isPlan = await office.statements.isAboutPlan(entry);
    const by = sayingOf(flags);
    return isPlan ? office.takeBackPlan(entry, by) : office.say({ kind: 'reverse', entry }, by);
  });
  print(`Entry ${id}. ${wayBack(id, flags)}`);
}

async function list(flags: OfficeFlags & { readonly person?: string; readonly json?: true }): Promise<void> {
  const { person } = flags;
  const all = await withOffice(flags, ({ statements }) =>
    person === undefined ? statements.all() : statements.entries([person]),
  );
  // A plan is long, and `plan show` is for it.
  const entries = all.map(({ plan: _, ...entry }: (typeof all)[number] & { readonly plan?: unknown }) => entry);
  if (flags.json) return printJson(entries);
  if (entries.length === 0) print('Nothing was said.');
  const rows = entries.map(({ id, about, recordedAt, author, reason, kind, ...what }) => {
    return [colours.dim(id), recordedAt.slice(0, 16), about ?? '', kind, detailsOf(what), `${author}: ${reason}`];
  });
  for (const line of table(rows)) print(line);
}

function detailsOf(what: Record<string, unknown>): string {
  const { personId: _, paid, groups, ...details } = what;
  const into = Array.isArray(groups) ? [groups.join(', ') || 'no group'] : [];
  return [...Object.values(details), ...into, ...(paid === undefined ? [] : [paid ? 'paid' : 'unpaid'])].join(' ');
}

function oneOf<T extends string>(argument: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new LimenError('usage.invalid', `${argument} ${text} is not known.`, { hint: `Use ${known.join(', ')}.` });
}
