import type { Command } from 'commander';
import { defineAccountCommands } from './account-commands.ts';

/** `limen console`: the console of a terminal's own, without a browser. */
export function define(program: Command): void {
  const console = program
    .command('console')
    .description("a terminal's own console: who may sign in there")
    .addHelpText('after', '\nExample:\n  limen console account list --config terminal.yaml');
  defineAccountCommands(console, {
    command: 'limen console',
    config: { says: "the terminal's YAML file", example: 'terminal.yaml' },
    withBooks: async (configFile, work) => {
      const [{ loadTerminalConfig }, { withTerminalAccounts }] = await Promise.all([
        import('../config/load.ts'),
        import('../terminal-accounts.ts'),
      ]);
      return withTerminalAccounts(loadTerminalConfig(configFile), work);
    },
  });
}
