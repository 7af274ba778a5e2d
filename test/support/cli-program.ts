import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** `limen` with every command that the modules of `src/cli` define, nothing run. */
export async function cliProgram(): Promise<Command> {
  const program = new Command('limen').option('--verbose').version('0');
  const cli = join(packageRoot(), 'dist/src/cli');
  for (const file of readdirSync(cli).filter((name) => name.endsWith('.js'))) {
    const module: { define?: (program: Command) => void } = await import(join(cli, file));
    module.define?.(program);
  }
  return program;
}
