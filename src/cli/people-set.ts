import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import type { PersonChange } from '../hub/person-change.ts';
import { print, printJson } from './output.ts';
import { pinFrom } from './pin-file.ts';
import { whenPublished } from './published.ts';

interface PersonFlags {
  readonly config: string;
  readonly name?: string;
  readonly group?: string[];
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly card?: string[];
  readonly pinFile?: string;
  readonly duressPinFile?: string;
  readonly extendedPulse?: boolean;
  readonly forget?: string[];
  readonly json?: true;
}

/** What `--forget` takes away, by the word for it. */
const forgettable = {
  pin: { pinHash: null },
  'duress-pin': { duressPinHash: null },
  cards: { cards: null },
  groups: { groups: null },
  'valid-from': { validFrom: null },
  'valid-until': { validUntil: null },
} as const satisfies Record<string, PersonChange>;

/** `limen people set`: what somebody has and may, besides a face. */
export function defineSet(people: Command): void {
  people
    .command('set')
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('change what is named; everything else stays')
    .option('--name <name>', 'what the terminal shows')
    .option(
      '--group <name...>',
      'groups, in place of those before, from today on; from another day on: limen people move',
    )
    .option('--valid-from <instant>', 'ISO 8601, for example 2026-12-01T00:00:00Z')
    .option('--valid-until <instant>', 'ISO 8601')
    .option('--card <number...>', 'cards, in place of those before: 123-45678, or as the reader gives them')
    .option('--pin-file <file>', 'a file with the PIN, which nobody else can read; - for standard input')
    .option('--duress-pin-file <file>', 'the PIN that opens as well, and raises a silent alarm')
    .option('--extended-pulse', 'keep doors open for longer for this person')
    .option('--no-extended-pulse', 'no longer')
    .option('--json', 'print JSON')
    .option('--forget <what...>', `take away: ${Object.keys(forgettable).join(', ')}`)
    .addHelpText(
      'after',
      `
A PIN is never an argument: those are in the history of the shell, and in every list of processes.

Example:
  limen people set 1001 --config hub.yaml --pin-file - < pin.txt
  limen people set 1001 --config hub.yaml --card 123-45678 --group staff
  limen people set 1001 --config hub.yaml --forget pin cards`,
    )
    .action(set);
}

async function set(id: string, flags: PersonFlags): Promise<void> {
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  const plain = { ...forgotten(flags.forget ?? []), ...(await plainChange(flags)) };
  const [pin, duressPin] = await Promise.all([pinFrom(flags.pinFile), pinFrom(flags.duressPinFile)]);
  if (Object.keys(plain).length === 0 && pin === null && duressPin === null)
    throw new LimenError('usage.invalid', 'There is nothing to change.', {
      hint: 'limen people set --help names what there is.',
    });
  const { changePerson } = await import('../hub/people-office.ts');
  const changed = await withHub(loadHubConfig(flags.config), (daemon) =>
    changePerson(daemon, id, { ...plain, pin, duressPin }),
  );
  if (flags.json) return printJson(changed);
  print(`Changed ${id} (gallery version ${changed.version}). ${whenPublished(changed.published)}`);
}

async function plainChange({ name, group, card, ...flags }: PersonFlags): Promise<PersonChange> {
  const { validFrom, validUntil, extendedPulse } = flags;
  const { cardFrom } = await import('../hub/card-text.ts');
  const cards = card?.map(cardFrom);
  return {
    ...(name !== undefined && { name }),
    ...(group !== undefined && { groups: group }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(cards !== undefined && { cards }),
    ...(extendedPulse !== undefined && { extendedPulse: extendedPulse || null }),
  };
}

function forgotten(words: readonly string[]): PersonChange {
  const changes = words.map((word) => {
    if (Object.hasOwn(forgettable, word)) return forgettable[word as keyof typeof forgettable];
    throw new LimenError('usage.invalid', `--forget ${word} is nothing that a person has.`, {
      hint: `Use ${Object.keys(forgettable).join(', ')}.`,
    });
  });
  return Object.assign({}, ...changes);
}
