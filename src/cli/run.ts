import type { Command } from 'commander';
import { exitCode } from './exit-codes.ts';
import { untilInterrupted } from './signals.ts';

/** `limen run`: the terminal's daemon. */
export function define(program: Command): void {
  program
    .command('run')
    .description('run a terminal: camera, decision, door or time clock')
    .requiredOption('--config <file>', "the terminal's YAML file")
    .option('--print-config', 'print the configuration with every default, and leave')
    .addHelpText('after', '\nExample:\n  limen run --config /etc/limen/limen.yaml')
    .action(async (flags: { config: string; printConfig?: true }) => {
      const { explainConfig, loadTerminalConfig } = await import('../config/load.ts');
      const config = loadTerminalConfig(flags.config);
      if (flags.printConfig) {
        process.stdout.write(explainConfig(config));
        return;
      }
      const { serveTerminal } = await import('../serve-terminal.ts');
      const reread = () => loadTerminalConfig(flags.config);
      const why = await untilInterrupted((signal) => serveTerminal(config, signal, reread));
      // limen.service is told to start again on this one.
      if (why === 'restart') process.exitCode = exitCode.startAgain;
    });
}
