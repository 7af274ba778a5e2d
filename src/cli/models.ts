import type { Command } from 'commander';
import { defineAdd } from './models-add.ts';
import { defineImport } from './models-import.ts';
import { defineList } from './models-list.ts';
import { defineUse } from './models-use.ts';
import { defineVerify } from './models-verify.ts';

/** `limen models`: the packs of networks, on this machine and elsewhere. */
export function define(program: Command): void {
  const models = program
    .command('models')
    .description('the packs of networks: what is here, what can be had, which one is used')
    .addHelpText('after', '\nExample:\n  limen models list\n  limen models add mobilefacenet');
  for (const defineCommand of [defineList, defineAdd, defineImport, defineVerify, defineUse]) defineCommand(models);
}
