import type { Command } from 'commander';
import type { ErasureProgress } from '../hub/erase-people.ts';
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

/** `limen people erase` and `forget-face`: everywhere, and who has confirmed it. */
export function defineErase(people: Command): void {
  people
    .command('erase')
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('erase a person here and on every terminal, and tell which terminals confirm it')
    .option('--wait <time>', waiting, '10s')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\nWorking time stays under the id, and counts as before.\n\nExample:\n  limen people erase 1001 --config hub.yaml\n${codes}`,
    )
    .action((id: string, flags: EraseFlags) => erase(id, flags, wholePerson));
  people
    .command('forget-face')
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('erase only the face of a person, who passes by card and PIN from now on, and tell who confirms it')
    .option('--wait <time>', waiting, '10s')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  limen people forget-face 1001 --config hub.yaml\n${codes}`)
    .action((id: string, flags: EraseFlags) => erase(id, flags, faceOnly));
}

const waiting = 'how long to wait for them; say it again later to see who has confirmed by then';
const codes = '\nExit code: 0 confirmed by every terminal that is provisioned, 75 not yet.';

/** What is erased, and how that is said. */
interface Extent {
  readonly how: 'erasePerson' | 'forgetFace';
  readonly done: (id: string) => string;
  readonly since: (id: string, version: number) => string;
  /** What is left on purpose. */
  readonly stays?: string;
  readonly confirmed: string;
}

const wholePerson: Extent = {
  how: 'erasePerson',
  done: (id) => `Erased ${id}.`,
  since: (id, version) => `${id} is erased since gallery version ${version}.`,
  stays: 'Working time stays under the id: punches, what was said about them, and the groups that they are counted by.',
  confirmed: 'confirmed: nothing of this person is left there',
};
const faceOnly: Extent = {
  how: 'forgetFace',
  done: (id) => `Erased the face of ${id}, who stays enrolled without one.`,
  since: (id, version) => `${id} has no face since gallery version ${version}.`,
  confirmed: 'confirmed: nothing of this face is left there',
};

async function erase(id: string, flags: EraseFlags, extent: Extent): Promise<void> {
  const waitMs = secondsOf('--wait', flags.wait);
  const [{ loadHubConfig }, { withHub }, erasing] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/erase-people.ts'),
  ]);
  let last: ErasureProgress | null = null;
  await withHub(
    loadHubConfig(flags.config),
    async ({ hub }) => {
      for await (const progress of erasing[extent.how](hub, id, { signal: AbortSignal.timeout(waitMs) })) {
        if (!flags.json) tell({ id, extent, before: last, now: progress });
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

interface Told {
  readonly id: string;
  readonly extent: Extent;
  readonly before: ErasureProgress | null;
  readonly now: ErasureProgress;
}

/** What is new: the erasure itself the first time, then each terminal as it confirms. */
function tell({ id, extent, before, now: { published, version, terminals } }: Told): void {
  if (before === null) {
    if (published !== null) print(`${extent.done(id)} ${whenPublished(published)}`);
    print(extent.since(id, version));
    if (extent.stays !== undefined) print(extent.stays);
    if (terminals.length === 0) print('No terminal is provisioned, so none has to confirm it.');
  }
  const known = new Set(before?.terminals.filter(({ confirmed }) => confirmed).map(({ terminal }) => terminal));
  for (const { terminal, confirmed } of terminals) {
    if (!confirmed || known.has(terminal)) continue;
    print(`${colours.bold(terminal)}  ${colours.green(extent.confirmed)}`);
  }
}

function tellMissing(terminals: ErasureProgress['terminals']): void {
  for (const { terminal, confirmed } of terminals) {
    if (!confirmed) print(`${colours.bold(terminal)}  ${colours.yellow('not yet')}`);
  }
}
