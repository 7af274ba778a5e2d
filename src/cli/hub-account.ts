import type { Command } from 'commander';
import { defineAccountCommands } from './account-commands.ts';

/** `limen hub account`: who may sign in to the hub's console. */
export function defineAccount(hub: Command): void {
  defineAccountCommands(hub, {
    command: 'limen hub',
    config: { says: "the hub's YAML file", example: 'hub.yaml' },
    withBooks: async (configFile, work) => {
      const [{ loadHubConfig }, { withAccountBooks }] = await Promise.all([
        import('../config/load.ts'),
        import('../hub-accounts.ts'),
      ]);
      return withAccountBooks(loadHubConfig(configFile), work);
    },
  });
}
