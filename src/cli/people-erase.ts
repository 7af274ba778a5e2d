import type { Command } from 'commander';
import type { ErasureProgress } from '../hub/people-office.ts';
import { colours } from '../runtime/colours.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson } from './output.ts';
import { whenPublished } from './published.ts';
import { secondsOf } from './seconds.ts';

interface EraseFlags {
  readonly config: string;
  readonly wait: string;
  readonly json?: true;
}

/** `limen people erase`: everywhere, and who has confirmed it. */
export function defineErase(people: Command): void {
  people
    .command('erase')
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('erase a person here and on every terminal, and tell which terminals confirm it')
    .option('--wait <time>', 'how long to wait for them; say it again later to see who has confirmed by then', '10s')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  limen people erase 1001 --config hub.yaml\n' +
        '\nExit code: 0 confirmed by every terminal that is provisioned, 75 not yet.',
    )
    .action(erase);
}

async function erase(id: string, flags: EraseFlags): Promise<void> {
  const waitMs = secondsOf('--wait', flags.wait);
  const [{ loadHubConfig }, { withHub }, { erasePerson }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/people-office.ts'),
  ]);
  let last: ErasureProgress | null = null;
  await withHub(
    loadHubConfig(flags.config),
    async (daemon) => {
      for await (const progress of erasePerson(daemon, id, { signal: AbortSignal.timeout(waitMs) })) {
        if (!flags.json) tell(id, last, progress);
        last = progress;
      }
    },
    { changingEmbedder: true },
  );
  const { published, version, terminals } = last as unknown as ErasureProgress;
  if (flags.json) printJson({ id, published, version, terminals });
  else tellMissing(terminals);
  if (terminals.some(({ confirmed }) => !confirmed)) process.exitCode = exitCode.tryAgain;
}

/** What is new: the erasure itself the first time, then each terminal as it confirms. */
function tell(id: string, before: ErasureProgress | null, { published, version, terminals }: ErasureProgress): void {
  if (before === null) {
    if (published !== null) print(`Erased ${id}. ${whenPublished(published)}`);
    print(`${id} is erased since gallery version ${version}.`);
    if (terminals.length === 0) print('No terminal is provisioned, so none has to confirm it.');
  }
  const known = new Set(before?.terminals.filter(({ confirmed }) => confirmed).map(({ terminal }) => terminal));
  for (const { terminal, confirmed } of terminals) {
    if (!confirmed || known.has(terminal)) continue;
    print(`${colours.bold(terminal)}  ${colours.green('confirmed: nothing of this person is left there')}`);
  }
}

function tellMissing(terminals: ErasureProgress['terminals']): void {
  for (const { terminal, confirmed } of terminals) {
    if (!confirmed) print(`${colours.bold(terminal)}  ${colours.yellow('not yet')}`);
  }
}
