import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../runtime/package-root.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson } from './output.ts';
import { untilInterrupted } from './signals.ts';

interface DemoFlags {
  readonly once?: true;
  readonly json?: true;
  readonly screen?: true;
}

/** `limen demo`: what `npm start` runs. */
export function define(program: Command): void {
  program
    .command('demo')
    .description('play walk-ups of people who do not exist against a hub, a terminal and a simulated lock')
    .option('--once', 'play every clip once; exit 0 only if each one ended as it should')
    .option('--screen', 'serve the screen at the door as well, for a browser on this machine')
    .option('--json', 'print a summary as JSON at the end, and nothing else on standard output')
    .addHelpText('after', '\nExample:\n  limen demo --once --json | tail -n +1 > summary.json')
    .action(async (flags: DemoFlags) => {
      const [{ runDemo }, { allCorrect }, { loadTerminalConfig }, { screenSchema }, { createLogger }] =
        await Promise.all([
          import('../demo/demo.ts'),
          import('../demo/summary.ts'),
          import('../config/load.ts'),
          import('../config/screen-schema.ts'),
          import('../runtime/logger.ts'),
        ]);
      const demo = loadTerminalConfig(join(packageRoot(), 'config', 'demo.yaml'));
      const config = flags.screen ? { ...demo, screen: screenSchema.parse({ names: 'name' }) } : demo;
      const log = createLogger({ level: 'warn', format: 'pretty' });
      const write = flags.json ? () => {} : print;
      const summary = await untilInterrupted((signal) =>
        runDemo({ config, once: flags.once === true, signal, log, write }),
      );
      if (flags.json) printJson(summary);
      // Going on until Ctrl-C is how the demo is meant to end when it was not asked to play once.
      const left = summary.interrupted && !flags.once;
      process.exitCode = left || allCorrect(summary) ? exitCode.ok : exitCode.failed;
    });
}
