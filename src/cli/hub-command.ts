import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import type { CommandAnswer } from '../hub/command.ts';
import { colours } from '../runtime/colours.ts';
import { everyTerminal } from '../sync/command-limits.ts';
import { commandTimeoutMs } from './command-timeout.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson, table } from './output.ts';

interface CommandFlags {
  readonly config: string;
  readonly all?: true;
  readonly person?: string;
  readonly reason?: string;
  readonly timeout: string;
  readonly json?: true;
}

/** `limen hub command`: tell a terminal to do something. */
export function defineHubCommand(hub: Command): void {
  hub
    .command('command')
    .argument('<what...>', 'TERMINAL VERB; with --all only VERB')
    .description(
      'tell a terminal to unlock, lock, lockdown, release (end a lockdown), diagnose, reload (read its configuration ' +
        'again), rotate (make itself new keys of its own), or anti-passback-reset (forget who is inside), and wait for ' +
        'its answer',
    )
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--all', 'every terminal of the site; for lockdown, release, reload and anti-passback-reset')
    .option('--person <id>', 'for anti-passback-reset: forget where this person is, and nobody else')
    .option('--reason <text>', "why; kept in the terminal's journal")
    .option('--timeout <time>', 'how long to wait; afterwards the command is never obeyed', '10s')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  limen hub command front-door unlock --reason courier --config hub.yaml\n' +
        '  limen hub command --all lockdown --config hub.yaml\n' +
        '  limen hub command front-door rotate --config hub.yaml\n' +
        '  limen hub command --all anti-passback-reset --person 1001 --config hub.yaml\n' +
        '\nExit code: 0 done everywhere, 75 no answer, 1 failed, 77 refused.',
    )
    .action(command);
}

async function command(what: string[], flags: CommandFlags): Promise<void> {
  const { audience, verb } = whatOf(what, flags.all === true);
  const timeoutMs = commandTimeoutMs(flags.timeout);
  const reason = reasonOf(flags.reason);
  const args = argsOf(verb, flags.person);
  const [{ loadHubConfig }, { commandTerminals }] = await Promise.all([
    import('../config/load.ts'),
    import('../hub-commander.ts'),
  ]);
  const { id, answers } = await commandTerminals(loadHubConfig(flags.config), {
    ...{ audience, verb, reason, timeoutMs },
    ...(args && { args }),
  });
  if (flags.json) printJson({ id, audience, verb, answers });
  else show(answers);
  process.exitCode = exitCodeFor(answers);
}

function whatOf(what: readonly string[], all: boolean): { audience: string; verb: string } {
  const [first = '', second, ...more] = what;
  const [audience, verb] = all ? [everyTerminal, first] : [first, second];
  if (verb === undefined || more.length > 0 || (all && second !== undefined)) {
    throw new LimenError('usage.invalid', `${what.join(' ')} is not ${all ? 'one verb' : 'a terminal and a verb'}.`, {
      hint: 'For example: limen hub command front-door unlock, or limen hub command --all lockdown',
    });
  }
  if (!all && !idPattern.test(audience)) {
    throw new LimenError('usage.invalid', `${JSON.stringify(audience)} cannot be the name of a terminal.`, {
      hint: 'For every terminal of the site: --all',
    });
  }
  if (verb === 'enrol') {
    throw new LimenError('usage.invalid', 'Whoever is enrolled needs an id and a name.', {
      hint: 'Enrol at a terminal: limen people add ID --from TERMINAL --name NAME --consent --config hub.yaml',
    });
  }
  if (/^[a-z]+(-[a-z]+)*$/.test(verb) && verb.length <= 64) return { audience, verb };
  throw new LimenError('usage.invalid', `${JSON.stringify(verb)} cannot be a verb.`, {
    hint: 'Use unlock, lock, lockdown, release, diagnose, reload, rotate or anti-passback-reset.',
  });
}

/** Whom the verb is about, where it is about somebody. */
function argsOf(verb: string, person: string | undefined): { readonly personId: string } | null {
  if (person === undefined) return null;
  if (verb === 'anti-passback-reset' && idPattern.test(person)) return { personId: person };
  throw new LimenError('usage.invalid', `--person ${person} does not go with ${verb}.`, {
    hint: 'For example: limen hub command --all anti-passback-reset --person 1001',
  });
}

function reasonOf(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (text.length <= 200 && !/\p{Cc}/u.test(text)) return text;
  throw new LimenError('usage.invalid', '--reason is one line of at most 200 characters.', { hint: 'Say it shorter.' });
}

const shown = {
  done: colours.green('done'),
  refused: colours.yellow('refused'),
  failed: colours.red('failed'),
  unanswered: colours.red('no answer'),
};

/** What is in an answer for a hub to check; --json has it. */
const forPrograms: ReadonlySet<string> = new Set(['offer']);

function show(answers: readonly CommandAnswer[]): void {
  if (answers.length === 0) print('There is no terminal: neither the hub nor the broker has heard of one.');
  const rows = answers.map(({ terminal, outcome, message, code }) => [
    colours.bold(terminal),
    shown[outcome],
    message === null ? '' : `${inOneLine(message)} ${colours.dim(`[${code}]`)}`,
  ]);
  for (const row of table(rows)) print(row);
  for (const { terminal, data } of answers) {
    if (data === null) continue;
    if (answers.length > 1) print(`\n${colours.bold(terminal)}`);
    const shownData = Object.entries(data).filter(([key]) => !forPrograms.has(key));
    for (const row of table(shownData.map(([key, value]) => [`  ${key}`, textOf(value)]))) print(row);
  }
}

function textOf(value: unknown): string {
  return inOneLine(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What a terminal says is shown, and never obeyed by the screen it is shown on. */
function inOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** The worst of all answers: what is not known weighs more than what is. */
function exitCodeFor(answers: readonly CommandAnswer[]): number {
  const outcomes = new Set(answers.map(({ outcome }) => outcome));
  if (answers.length === 0 || outcomes.has('unanswered')) return exitCode.tryAgain;
  if (outcomes.has('failed')) return exitCode.failed;
  return outcomes.has('refused') ? exitCode.noPermission : exitCode.ok;
}
