#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { exitCode, exitCodeOf } from './cli/exit-codes.ts';
import { printError } from './cli/output.ts';
import { writeFailure } from './runtime/durable-file.ts';
import { packageVersion } from './runtime/package-root.ts';

/** Every command in a file of its own, loaded when the command line is read. */
const commands = [
  'demo',
  'run',
  'provision',
  'console',
  'doctor',
  'lock',
  'inspect',
  'people',
  'hub',
  'gallery',
  'access',
  'journal',
  'events',
  'attendance',
  'models',
  'evaluate',
  'adapt',
] as const;

/** A command's module. */
export interface CommandModule {
  /** Add the command, with its options, help and action. */
  define(program: Command): void;
}

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('limen')
    .description('A door terminal and time clock that recognises faces on the device.')
    .version(packageVersion())
    .option('--verbose', 'print stack traces and causes of errors')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what it can do)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  for (const name of commands) {
    const module: CommandModule = await import(`./cli/${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`);
    module.define(program);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? exitCode.ok);
  } catch (error) {
    // commander has printed what is wrong already, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    printError(error, program.opts<{ verbose?: boolean }>().verbose === true || argv.includes('--verbose'));
    return exitCodeOf(error);
  }
}

// Output into a pipe whose reader has left (`limen journal show | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.ok);
  const failure = writeFailure('standard output', error);
  printError(failure, false);
  process.exit(exitCodeOf(failure));
});
// There is nowhere left to say it, and a daemon does not end because its log has nobody who reads it.
process.stderr.on('error', () => {});
// What limen writes is for its own user: books, journals and galleries are about people.
process.umask(0o077);
process.exitCode = await main(process.argv.slice(2));
