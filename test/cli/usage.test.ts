import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Command } from 'commander';
import { exitCode, exitCodeOf } from '../../src/cli/exit-codes.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { cliProgram } from '../support/cli-program.ts';
import { type Ended, limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

/** Every command and sub-command as the words to type, from the modules that define them. */
async function everyCommand(): Promise<string[][]> {
  const paths = (command: Command, path: string[]): string[][] => [
    path,
    ...command.commands.flatMap((child) => paths(child, [...path, child.name()])),
  ];
  return (await cliProgram()).commands.flatMap((command) => paths(command, [command.name()]));
}

/** commander's words for a line that cannot be understood, then where to read more. */
function misunderstood(t: ExecutionContext, { exitCode: code, stdout, stderr }: Ended, ...says: RegExp[]): void {
  t.is(code, 64, stderr);
  t.is(stdout, '');
  for (const pattern of says) t.regex(stderr, pattern);
  t.regex(stderr, /\(add --help for what it can do\)$/);
  t.notRegex(stderr, /\n\s+at /);
}

test('every command has help with an example that names it', async (t) => {
  const commands = await everyCommand();
  t.true(commands.length >= 18, String(commands.length));
  for (const words of commands) {
    const { exitCode: code, stdout, stderr } = await limen(...words, '--help');
    t.is(code, 0, words.join(' '));
    t.is(stderr, '');
    t.true(stdout.startsWith(`Usage: limen ${words.join(' ')} `), stdout);
    t.regex(stdout, new RegExp(`\nExample:\n {2}limen ${words.join(' ')}( |$)`), words.join(' '));
  }
});

test('limen --help lists every command, --version says one version', async (t) => {
  const help = await limen('--help');
  t.is(help.exitCode, 0);
  for (const [word] of await everyCommand()) t.regex(help.stdout, new RegExp(`^ {2}${word}\\b`, 'm'));
  const version = await limen('--version');
  t.is(version.exitCode, 0);
  t.regex(version.stdout, /^\d+\.\d+\.\d+\S*$/);
});

test('an unknown command ends with 64 and the nearest one that exists', async (t) => {
  misunderstood(t, await limen('inspec', 'a.jpg'), /unknown command 'inspec'/, /Did you mean inspect\?/);
  misunderstood(t, await limen('hub', 'iinit'), /unknown command 'iinit'/, /Did you mean init\?/);
});

test('an unknown option ends with 64 and the nearest one that exists', async (t) => {
  misunderstood(t, await limen('inspect', '--jsn', 'a.jpg'), /unknown option '--jsn'/, /Did you mean --json\?/);
});

test('a missing option, a missing and a surplus argument end with 64 and are named', async (t) => {
  misunderstood(t, await limen('run'), /required option '--config <file>' not specified/);
  misunderstood(t, await limen('hub', 'provision', 'front-door'), /'--config <file>' not specified/);
  misunderstood(t, await limen('inspect'), /missing required argument 'images'/);
  misunderstood(t, await limen('models', 'list', 'faceapi'), /too many arguments/);
});

test('no command at all prints the help and ends with 64', async (t) => {
  for (const words of [[], ['hub'], ['models']]) {
    const { exitCode: code, stdout, stderr } = await limen(...words);
    t.is(code, 64);
    t.is(stdout, '');
    t.regex(stderr, /^Usage: limen/);
  }
});

test('enrolling one person without saying who they are ends with 64', async (t) => {
  const config = join(folder(), 'hub.yaml');
  writeFileSync(config, 'site: hq\ndataFolder: hub\nbroker: { url: mqtt://127.0.0.1:1883 }\n');
  refuses(t, await limen('people', 'add', '1', 'a.jpg', '--config', config), 64, 'usage.invalid');
  refuses(t, await limen('people', 'add', '1', '--name', 'Ada', '--config', config), 64, 'usage.invalid');
  const doubly = ['a.jpg', '--from', 'front-door', '--name', 'Ada', '--config', config];
  refuses(t, await limen('people', 'add', '1', ...doubly), 64, 'usage.invalid');
  const both = ['--pictures', folder(), '--config', config];
  refuses(t, await limen('people', 'import', folder(), ...both), 64, 'usage.invalid');
  refuses(t, await limen('people', 'import', folder(), '--config', config), 64, 'usage.invalid');
  refuses(t, await limen('events', '--kind', 'Nonsense', '--config', config), 64, 'usage.invalid');
  refuses(t, await limen('events', '--limit', '0', '--config', config), 64, 'usage.invalid');
  refuses(t, await limen('events', 'export', '--format', 'xml', '--config', config), 64, 'usage.invalid');
});

test('a configuration that is missing or wrong ends with 78', async (t) => {
  const config = join(folder(), 'door.yaml');
  refuses(t, await limen('run', '--config', config), 78, 'config.unreadable');
  writeFileSync(config, 'site: hq\ndataFolder: 7\n');
  for (const words of [['run'], ['journal', 'show'], ['hub', 'run']]) {
    const { exitCode: code, stdout, stderr } = await limen(...words, '--config', config);
    t.is(code, 78, words.join(' '));
    t.is(stdout, '');
    t.regex(stderr, /door\.yaml:2:\d+/);
    t.regex(stderr, /^mend: {2}\S/m);
    t.notRegex(stderr, /\n\s+at /);
  }
});

test('a stack trace is printed with --verbose, wherever it stands, and not without', async (t) => {
  refuses(t, await limen('inspect', 'missing.jpg'), 66, 'file.unreadable');
  for (const words of [
    ['--verbose', 'inspect', 'missing.jpg'],
    ['inspect', 'missing.jpg', '--verbose'],
  ]) {
    const { exitCode: code, stderr } = await limen(...words);
    t.is(code, 66, stderr);
    t.regex(stderr, /^limen: .*\[file\.unreadable\]\nmend: {2}\S/);
    t.regex(stderr, /\n\s+at /);
    t.regex(stderr, /ENOENT/);
  }
});

const ends: [ErrorCode, number][] = [
  ['usage.invalid', 64],
  ['person.look-alike', 65],
  ['pack.missing', 66],
  ['camera.missing', 69],
  ['internal', 70],
  ['file.unwritable', 73],
  ['disk.full', 74],
  ['data-folder.in-use', 75],
  ['door.denied', 77],
  ['key.missing', 78],
];
for (const [code, expected] of ends) {
  test(`${code} ends with ${expected}`, (t) => t.is(exitCodeOf(new LimenError(code, 'A sentence.')), expected));
}

test('what limen did not foresee ends with 70, "internal software error"', (t) => {
  t.is(exitCodeOf(new TypeError('x is undefined')), exitCode.internal);
  t.is(exitCodeOf('thrown text'), 70);
});
