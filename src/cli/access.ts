import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { colours } from '../runtime/colours.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson } from './output.ts';

interface ExplainFlags {
  readonly config: string;
  readonly person: string;
  readonly at?: string;
  readonly with?: string[];
  readonly json?: true;
}

interface ResetFlags {
  readonly config: string;
  readonly person?: string;
  readonly everybody?: true;
  readonly lockOut?: true;
}

/** `limen access`: who may pass a terminal, and when. */
export function define(program: Command): void {
  const access = program
    .command('access')
    .description('who may pass a terminal, and when')
    .addHelpText('after', '\nExample:\n  limen access explain --config door.yaml --person 1001 --at 2026-11-25T07:30');
  access
    .command('explain')
    .description('tell rule by rule why somebody would or would not pass')
    .requiredOption('--config <file>', "the terminal's YAML file")
    .requiredOption('--person <id>', 'whom')
    .option('--at <time>', 'when: 2026-11-25T07:30 on the wall clock of the site, or with a zone; now, if left out')
    .option(
      '--with <factor...>',
      'what they have to show: face, card, pin; left out, their face, or all that they have instead',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Reads the gallery, the rules of the hub and what the terminal remembers, as they lie on this device, beside a running
terminal as well; changes nothing. Ends with 0 when they would pass, with 1 when they would not.

Example:
  limen access explain --config door.yaml --person 1001
  limen access explain --config door.yaml --person 1001 --at 2026-12-25T09:00 --with face pin`,
    )
    .action(explain);
  access
    .command('reset')
    .description('forget where somebody is (anti-passback), or failures of PINs and cards')
    .requiredOption('--config <file>', "the terminal's YAML file")
    .option('--person <id>', 'of this person')
    .option('--everybody', 'of everybody')
    .option('--lock-out', 'failures and waits, instead of where they are')
    .addHelpText(
      'after',
      '\nA running terminal takes it within two seconds, another at its next start; the journal has it as access.reset.' +
        '\n\nExample:\n  limen access reset --config door.yaml --person 1001',
    )
    .action(reset);
}

async function explain(flags: ExplainFlags): Promise<void> {
  const { explainAccess } = await import('../explain-access.ts');
  const told = await explainAccess({ ...flags, factors: factorsOf(flags.with ?? []) });
  if (told.outcome === 'refuse') process.exitCode = exitCode.failed;
  if (flags.json) return printJson(told);
  const { person, terminal, at, verdict } = told;
  print(`${colours.bold(`${person.name} (${person.id})`)} at ${terminal}, ${at.local} ${at.timeZone}`);
  print();
  for (const { rule, by, outcome, says } of told.findings) {
    print(`  ${marks[outcome]} ${rule.padEnd(14)} ${says}${by === null ? '' : colours.dim(`  [${by}]`)}`);
  }
  print();
  print(
    `${told.outcome === 'refuse' ? colours.red('Would not pass.') : colours.green(verdict.head)} ${verdict.says}`.trimEnd(),
  );
  for (const remark of told.remarks) print(colours.dim(remark));
}

const marks = {
  passes: colours.green('✓'),
  refuses: colours.red('✗'),
  asks: colours.yellow('?'),
  depends: colours.yellow('…'),
} as const;

function factorsOf(given: readonly string[]): ('face' | 'card' | 'pin')[] {
  return given.map((factor) => {
    if (factor === 'face' || factor === 'card' || factor === 'pin') return factor;
    throw new LimenError('usage.invalid', `--with ${factor} is nothing that somebody can show.`, {
      hint: 'Use face, card and pin.',
    });
  });
}

async function reset({ config: file, person, everybody, lockOut }: ResetFlags): Promise<void> {
  if ((person === undefined) === (everybody === undefined)) {
    throw new LimenError('usage.invalid', 'Whom to reset is not clear.', {
      hint: 'Give either --person ID or --everybody.',
    });
  }
  const [{ loadTerminalConfig }, { leaveResetRequest }] = await Promise.all([
    import('../config/load.ts'),
    import('../guard/reset-request.ts'),
  ]);
  const { dataFolder, terminal } = loadTerminalConfig(file);
  const what = lockOut ? 'lock-out' : 'anti-passback';
  await leaveResetRequest(dataFolder, { what, personId: person ?? null });
  print(
    `${terminal} forgets ${lockOut ? 'failures' : 'the whereabouts'} of ${person ?? 'everybody'}, within two seconds if it runs.`,
  );
}
