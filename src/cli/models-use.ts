import type { Command } from 'commander';
import { print, printJson } from './output.ts';

interface UseFlags {
  readonly config: string;
  readonly json?: true;
}

/** `limen models use`. */
export function defineUse(models: Command): void {
  models
    .command('use')
    .description("put a pack into a terminal's or a hub's configuration, comments kept")
    .argument('<name>', 'a pack that is here, or the path of its folder')
    .requiredOption('--config <file>', 'the YAML file to change')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen models use mobilefacenet --config door.yaml')
    .action(use);
}

async function use(name: string, flags: UseFlags): Promise<void> {
  const { usePack } = await import('../models/use-pack.ts');
  const { before, after, packs, dropped } = await usePack(name, flags.config);
  const changesEmbedder = before.embedder.id !== after.embedder.id;
  if (flags.json) {
    const embedder = { before: before.embedder.id, after: after.embedder.id };
    printJson({ packs, dropped, embedder, changesEmbedder, calibrated: after.calibration !== null });
    return;
  }
  print(`${flags.config}: recognition.pack is now ${packs.join(', ')}.`);
  if (dropped.length > 0) print(`No longer named, because another pack now does what it did: ${dropped.join(', ')}.`);
  if (changesEmbedder) {
    print();
    print(
      `The embedder changes from ${before.embedder.id} to ${after.embedder.id}. Their templates cannot be compared:`,
    );
    print('  until everybody has templates of this pack as well, a terminal that uses it knows nobody.');
    print('  1. Make this change in the configuration of the hub, and restart it: the site goes on with the old pack.');
    print('  2. Enrol everybody again: limen people import FOLDER --again --config hub.yaml');
    print(
      '  3. At each terminal, set recognition.nextPack instead of pack: it changes over by itself when all are here.',
    );
    print('  4. After the last one: limen hub forget-embedder OLD --config hub.yaml');
  }
  if (after.calibration === null) {
    print();
    print('This pack has no impostor figures: no threshold can be derived, and nobody is let in.');
    print(`Measure it: limen evaluate calibration --pack ${packs.join(',')}`);
  }
  print();
  print('Restart the daemon for the change to take effect.');
}
