import type { Command } from 'commander';
import type { HubConfig } from '../config/schema.ts';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import type { EnrolWho } from '../hub/enrol.ts';
import type { TerminalEnrolParts } from '../hub/enrol-from-terminal.ts';
import type { Hub } from '../hub/hub.ts';
import type { Enrolled } from '../hub/people-desk.ts';
import { commandTimeoutMs } from './command-timeout.ts';
import { print, printJson } from './output.ts';
import { pinFrom } from './pin-file.ts';
import { whenPublished } from './published.ts';

interface AddFlags {
  readonly config: string;
  readonly name?: string;
  readonly group?: string[];
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly force?: true;
  readonly again?: true;
  readonly card?: string[];
  readonly pinFile?: string;
  readonly face: boolean;
  readonly from?: string;
  readonly consent?: true;
  readonly timeout: string;
  readonly json?: true;
}

/** `limen people add`: make somebody known, from pictures, from a terminal's camera, or without a face. */
export function defineAdd(people: Command): void {
  people
    .command('add')
    .argument('<id>', 'a staff number, for example; never reused')
    .argument('[pictures...]', 'pictures of the person, three or more if you can, each with exactly one face')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description(
      "enrol a person, from pictures, at a terminal's camera or without a face, and publish them to every terminal",
    )
    .option('--name <name>', 'what the terminal shows')
    .option('--group <name...>', 'groups the person belongs to')
    .option('--valid-from <instant>', 'ISO 8601, for example 2026-12-01T00:00:00Z')
    .option('--valid-until <instant>', 'ISO 8601')
    .option('--card <number...>', 'cards: 123-45678, or as the reader gives them')
    .option('--pin-file <file>', 'a file with the PIN, which nobody else can read; - for standard input')
    .option('--no-face', 'without a face, for who declined it: by card and PIN, where the rules say withoutFace')
    .option('--from <terminal>', "instead of pictures: from that terminal's own camera, before which the person stands")
    .option('--consent', 'with --from: the person agreed to it')
    .option('--timeout <time>', 'with --from: how long the person may take', '1m')
    .option('--force', 'enrol although somebody looks alike (a twin), or a picture seems to show somebody else')
    .option(
      '--again',
      'make new templates of somebody who is enrolled already: after a change of the pack, for example',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  limen people add 1001 ada-1.jpg ada-2.jpg ada-3.jpg --name Ada --config hub.yaml\n' +
        '  limen people add 1001 --from front-door --consent --name Ada --config hub.yaml\n' +
        '  limen people add 1002 --no-face --card 123-45678 --pin-file - --name Bo --config hub.yaml < pin.txt',
    )
    .action(add);
}

async function add(id: string, files: string[], flags: AddFlags): Promise<void> {
  const { name, from } = flags;
  if (name === undefined && flags.again === undefined) {
    throw new LimenError('usage.invalid', `${id} needs a name.`, {
      hint: 'For example: limen people add 1001 ada-1.jpg ada-2.jpg --name Ada --config hub.yaml',
    });
  }
  const ways = [files.length > 0, from !== undefined, !flags.face].filter(Boolean).length;
  if (ways !== 1) {
    throw new LimenError(
      'usage.invalid',
      `${id} is enrolled from pictures, with --from at a terminal, or with --no-face.`,
      {
        hint: 'For example: limen people add 1001 --from front-door --consent --name Ada --config hub.yaml',
      },
    );
  }
  const enrolling = !flags.face
    ? withoutFace
    : from === undefined
      ? await fromPictures(files)
      : await fromTerminal(from, flags);
  const { called, source, enrolled } = await added(id, flags, enrolling);
  if (flags.json) return printJson(enrolled);
  const { version, published, warnings } = enrolled;
  print(`Enrolled ${called} (${id}) ${source}, gallery version ${version}. ${whenPublished(published)}`);
  for (const warning of warnings) print(`  look: ${warning}`);
}

/** One of the ways to enrol somebody; `source` says in words from what. */
type Enrolling = (
  who: EnrolWho,
  at: { readonly hub: Hub; readonly config: HubConfig },
) => Promise<{ readonly source: string; readonly enrolled: Enrolled }>;

async function added(id: string, flags: AddFlags, enrolling: Enrolling) {
  const [{ loadHubConfig }, { withHub }, { cardFrom }, { changeOfPins }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/card-text.ts'),
    import('../hub/pins.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const cards = flags.card?.map(cardFrom);
  const pin = await pinFrom(flags.pinFile);
  return withHub(
    config,
    async ({ hub, store }) => {
      const known = await store.person(id);
      const called = flags.name ?? known?.name ?? id;
      const has = { ...(cards && { cards }), ...(await changeOfPins(known ?? {}, { pin, duressPin: null })) };
      return { called, ...(await enrolling({ ...whoOf(flags), ...has, id, name: called }, { hub, config })) };
    },
    { changingEmbedder: flags.again === true },
  );
}

const withoutFace: Enrolling = async (who, { hub }) => ({
  source: 'without a face',
  enrolled: await hub.enrol({ ...who, withoutFace: true }),
});

async function fromPictures(files: readonly string[]): Promise<Enrolling> {
  const pictures = (await import('../hub/pictures.ts')).readPictures(files);
  const source = `from ${files.length} ${files.length === 1 ? 'picture' : 'pictures'}`;
  return async (who, { hub }) => ({ source, enrolled: await hub.enrol({ ...who, pictures }) });
}

async function fromTerminal(terminal: string, flags: AddFlags): Promise<Enrolling> {
  if (!idPattern.test(terminal))
    throw new LimenError('usage.invalid', `${JSON.stringify(terminal)} cannot be the name of a terminal.`);
  const timeoutMs = commandTimeoutMs(flags.timeout);
  const [{ commandTerminals }, { enrolFromTerminal }] = await Promise.all([
    import('../hub-commander.ts'),
    import('../hub/enrol-from-terminal.ts'),
  ]);
  return async (who, { hub, config }) => {
    const parts = {
      hub,
      command: (request: Parameters<TerminalEnrolParts['command']>[0]) => commandTerminals(config, request),
    };
    const consent = flags.consent === true;
    const { captured, ...enrolled } = await enrolFromTerminal(parts, { ...who, terminal, consent, timeoutMs });
    return { source: `from ${captured} looks of ${terminal}`, enrolled };
  };
}

/** What is said about somebody besides id and name. */
function whoOf({ group, validFrom, validUntil, force, again }: AddFlags) {
  return {
    ...(group !== undefined && { groups: group }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    despiteDoubts: force === true,
    again: again === true,
  };
}
