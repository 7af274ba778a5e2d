import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ErasureReceipts } from '../hub/erasure-receipts.ts';
import type { Hub } from '../hub/hub.ts';
import { colours } from '../runtime/colours.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson, table } from './output.ts';
import { whenPublished } from './published.ts';
import { secondsOf } from './seconds.ts';

interface EraseFlags {
  readonly config: string;
  readonly wait: string;
  readonly json?: true;
}

/** `limen hub erase`: everywhere, and who has confirmed it. */
export function defineErase(hub: Command): void {
  hub
    .command('erase')
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('erase a person here and on every terminal, and list which terminals have confirmed it')
    .option('--wait <time>', 'how long to wait for them; say it again later to see who has confirmed by then', '10s')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  limen hub erase 1001 --config hub.yaml\n' +
        '\nExit code: 0 confirmed by every terminal that is provisioned, 75 not yet.',
    )
    .action(erase);
}

const lookEveryMs = 250;

async function erase(id: string, flags: EraseFlags): Promise<void> {
  const waitMs = secondsOf('--wait', flags.wait);
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  await withHub(
    loadHubConfig(flags.config),
    async ({ hub }) => {
      const before = await hub.erasureReceipts(id);
      const published = before === null ? (await hub.erase(id)).published : null;
      if (!flags.json && published !== null) print(`Erased ${id}. ${whenPublished(published)}`);
      const receipts = await confirmedBy(hub, id, waitMs);
      if (flags.json) printJson({ id, published, ...receipts });
      else show(id, receipts);
      if (receipts.terminals.some(({ confirmed }) => !confirmed)) process.exitCode = exitCode.tryAgain;
    },
    { changingEmbedder: true },
  );
}

async function confirmedBy(hub: Hub, id: string, waitMs: number): Promise<ErasureReceipts> {
  const deadline = performance.now() + waitMs;
  while (true) {
    const receipts = (await hub.erasureReceipts(id)) as ErasureReceipts;
    if (receipts.terminals.every(({ confirmed }) => confirmed) || performance.now() >= deadline) return receipts;
    await delay(lookEveryMs);
  }
}

function show(id: string, { version, terminals }: ErasureReceipts): void {
  print(`${id} is erased since gallery version ${version}.`);
  if (terminals.length === 0) print('No terminal is provisioned, so none has to confirm it.');
  const rows = terminals.map(({ terminal, confirmed }) => [
    colours.bold(terminal),
    confirmed ? colours.green('confirmed: nothing of this person is left there') : colours.yellow('not yet'),
  ]);
  for (const row of table(rows)) print(row);
}
