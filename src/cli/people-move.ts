import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { dayFrom } from './attendance-flags.ts';
import { type SayingFlags, sayingOf, wayBack, withSaying } from './attendance-saying.ts';
import { print, printJson } from './output.ts';
import { whenPublished } from './published.ts';

interface MoveFlags extends SayingFlags {
  readonly config: string;
  readonly from: string;
  /** `false` for none at all. */
  readonly group?: string[] | false;
  readonly json?: true;
}

/** `limen people move`: other groups from a day on, behind today or ahead. */
export function defineMove(people: Command): void {
  withSaying(people.command('move'))
    .argument('<id>', 'id of the person')
    .requiredOption('--config <file>', "the hub's YAML file")
    .requiredOption('--from <day>', 'the first day on which it holds, 2026-03-01; behind today or ahead')
    .option('--group <name...>', 'groups, in place of those before')
    .option('--no-group', 'in no group')
    .option('--json', 'print JSON')
    .description('put somebody into other groups from a day on')
    .addHelpText(
      'after',
      `
Attendance counts each day from that one on by the new groups, also days that are over; a report --as-of an earlier
instant stays as it was. Doors follow at once, or on the day, if it is ahead.

Example:
  limen people move 1001 --group night-crew --from 2026-03-01 --reason "new contract" --config hub.yaml`,
    )
    .action(move);
}

async function move(id: string, flags: MoveFlags): Promise<void> {
  const from = dayFrom('--from', flags.from);
  const groups = groupsFrom(flags);
  const [{ loadHubConfig }, { withHub }, { attendanceOffice }, { sayAndFollow }, { systemClock: clock }] =
    await Promise.all([
      import('../config/load.ts'),
      import('../serve-hub.ts'),
      import('../hub/attendance-office.ts'),
      import('../hub/group-moves.ts'),
      import('../runtime/clock.ts'),
    ]);
  const { entry, changed } = await withHub(loadHubConfig(flags.config), ({ hub, store, keyring: keys }) => {
    const office = attendanceOffice({ store, keys, clock });
    const said = { kind: 'groups', personId: id, groups, from } as const;
    return sayAndFollow({ hub, store, office, clock }, said, sayingOf(flags));
  });
  if (flags.json) return printJson({ entry, changed });
  print(`${id} is in ${groups.length === 0 ? 'no group' : groups.join(', ')} from ${from} on (entry ${entry}).`);
  if (changed === null) print('Nothing changes at the doors today: a hub that runs sees to the day, if it is ahead.');
  else print(`Gallery version ${changed.version}. ${whenPublished(changed.published)}`);
  print(wayBack(entry, flags));
}

function groupsFrom({ group }: MoveFlags): readonly string[] {
  if (group !== undefined) return group === false ? [] : group;
  throw new LimenError('usage.invalid', 'It is not said into which groups.', {
    hint: 'Name them with --group, or say --no-group.',
  });
}
