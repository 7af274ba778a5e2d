import type { Command } from 'commander';
import { type OfficeFlags, withOffice } from './attendance-flags.ts';
import { type SayingFlags, sayingOf, withSaying } from './attendance-saying.ts';
import { print, printJson } from './output.ts';

/** `limen attendance plan`: how working time is counted. */
export function definePlan(attendance: Command): void {
  const plan = attendance
    .command('plan')
    .description('sites, shifts, rotas and rules of counting')
    .addHelpText('after', '\nExample:\n  limen attendance plan show --config hub.yaml');
  withSaying(plan.command('set'))
    .argument('<file>', 'YAML, as docs/attendance.md describes it')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('count by this plan from now on, in every report of whatever days')
    .addHelpText(
      'after',
      `
The plan before stays in the books: a report "as of" a day before the change comes out by it.

Example:
  limen attendance plan set plan.yaml --config hub.yaml --reason "new night shift"`,
    )
    .action(set);
  plan
    .command('show')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--json', 'print JSON')
    .description('print the plan in force, as `set` reads it')
    .addHelpText('after', '\nExample:\n  limen attendance plan show --config hub.yaml > plan.yaml')
    .action(show);
}

async function set(file: string, flags: OfficeFlags & SayingFlags): Promise<void> {
  const [{ loadConfig }, { attendancePlanSchema }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/attendance-schema.ts'),
  ]);
  const agreed = loadConfig(file, attendancePlanSchema);
  await withOffice(flags, (office) => office.setPlan(agreed, sayingOf(flags)));
  print('The plan is set: every report is counted by it from now on.');
}

async function show(flags: OfficeFlags & { readonly json?: true }): Promise<void> {
  const set = await withOffice(flags, (office) => office.plan());
  if (flags.json) return printJson(set);
  const { stringify } = await import('yaml');
  print(`# Set ${set.recordedAt} by ${set.author}: ${set.reason}`);
  print(stringify(set.plan).trimEnd());
}
