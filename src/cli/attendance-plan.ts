import type { Command } from 'commander';
import { colours } from '../runtime/colours.ts';
import { dayFrom, type OfficeFlags, withOffice } from './attendance-flags.ts';
import { type SayingFlags, sayingOf, wayBack, withSaying } from './attendance-saying.ts';
import { print, printJson, table } from './output.ts';

/** `limen attendance plan`: how working time is counted. */
export function definePlan(attendance: Command): void {
  const plan = attendance
    .command('plan')
    .description('sites, shifts, rotas and rules of counting')
    .addHelpText('after', '\nExample:\n  limen attendance plan show --config hub.yaml');
  withSaying(plan.command('set'))
    .argument('<file>', 'YAML, as docs/attendance.md describes it')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--from <day>', 'the first day that is counted by it, 2026-04-01; left out, every day')
    .description('count by this plan: every day, or those from one on')
    .addHelpText(
      'after',
      `
Without --from it takes the place of all plans before it, for days that are over as well: so a mistake is mended. With
--from, the days before that one keep the plan that they had. A plan that was dated ahead stays ahead either way. All of
them stay in the books: a report --as-of an instant before the change comes out as it did then. \`limen attendance reverse\`
takes one back.

Example:
  limen attendance plan set plan.yaml --from 2026-04-01 --config hub.yaml --reason "new night shift"`,
    )
    .action(set);
  plan
    .command('show')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--on <day>', 'the plan by which this day is counted; left out, today')
    .option('--json', 'print JSON')
    .description('print a plan, as `set` reads it')
    .addHelpText('after', '\nExample:\n  limen attendance plan show --config hub.yaml > plan.yaml')
    .action(show);
  plan
    .command('list')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--json', 'print JSON')
    .description('which plan counts from which day on, who set it, when, why')
    .addHelpText('after', '\nExample:\n  limen attendance plan list --config hub.yaml')
    .action(list);
}

async function set(file: string, flags: OfficeFlags & SayingFlags & { readonly from?: string }): Promise<void> {
  const from = flags.from === undefined ? undefined : dayFrom('--from', flags.from);
  const [{ loadConfig }, { attendancePlanSchema }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/attendance-schema.ts'),
  ]);
  const agreed = loadConfig(file, attendancePlanSchema);
  const [id, versions] = await withOffice(flags, async (office) => {
    const id = await office.setPlan(agreed, { ...sayingOf(flags), from });
    return [id, await office.plans()] as const;
  });
  const until = versions[versions.findIndex((version) => version.id === id) + 1]?.from;
  const days = from === undefined ? 'every day' : `days from ${from} on`;
  print(`The plan is set: ${days}${until === undefined ? '' : `, before ${until},`} are counted by it.`);
  print(wayBack(id, flags));
}

async function show(flags: OfficeFlags & { readonly on?: string; readonly json?: true }): Promise<void> {
  const { versionOn } = await import('../attendance/plan-version.ts');
  const on = flags.on === undefined ? undefined : dayFrom('--on', flags.on);
  const set = await withOffice(flags, async (office) =>
    on === undefined ? office.plan() : versionOn(await office.plans(), on),
  );
  if (flags.json) return printJson(set);
  const { stringify } = await import('yaml');
  const counts = set.from === undefined ? '' : `, counts from ${set.from}`;
  print(`# Set ${set.recordedAt} by ${set.author}: ${set.reason}${counts}`);
  print(stringify(set.plan).trimEnd());
}

async function list(flags: OfficeFlags & { readonly json?: true }): Promise<void> {
  const versions = await withOffice(flags, (office) => office.plans());
  if (flags.json) return printJson(versions.map(({ plan: _, ...version }) => version));
  const rows = versions.map(({ from = 'every day', recordedAt, author, reason, id }) => {
    return [from, `set ${recordedAt.slice(0, 16)}`, `${author}: ${reason}`, colours.dim(id)];
  });
  for (const line of table(rows)) print(line);
}
