import { isDeepStrictEqual } from 'node:util';
import type { AccessConfig } from './access-schema.ts';
import { type PunchConfig, punchSchema } from './punch-schema.ts';
import type { TerminalConfig } from './schema.ts';
import type { Wrong } from './store-problems.ts';

/** What is asked of the sections around; those that are not sound are left out. */
export interface PunchSurroundings {
  readonly mode?: TerminalConfig['mode'] | undefined;
  readonly access?: AccessConfig | undefined;
}

/** What contradicts itself in a time clock, each in a sentence. */
export function punchProblems(punch: PunchConfig, around: PunchSurroundings, wrong: Wrong): void {
  if (around.mode === 'door') {
    // An explained configuration says every default, and is one.
    if (!isDeepStrictEqual(punch, punchSchema.parse({})))
      wrong(['punch'], 'has no effect in mode "door": write mode: punch, which may open a door as well');
    return;
  }
  const { direction, keys } = punch;
  if (direction === 'ask' && Object.keys(keys).length === 0)
    wrong(['punch', 'direction'], '"ask" waits for a key, and punch.keys has none');
  scheduleProblems(punch, around, wrong);
  keyProblems(punch, around, wrong);
  fallbackProblems(punch, around, wrong);
}

function scheduleProblems({ schedule }: PunchConfig, { access }: PunchSurroundings, wrong: Wrong): void {
  for (const [i, { during, means, work }] of schedule.entries()) {
    const path = ['punch', 'schedule', String(i)];
    if (!Object.hasOwn(access?.schedules ?? {}, during))
      wrong([...path, 'during'], `there is no schedule ${during} in access.schedules`);
    workProblems({ means, work }, path, wrong);
    if (schedule.findIndex((other) => other.during === during) < i)
      wrong([...path, 'during'], `is never asked: ${during} stands further up already`);
  }
}

function keyProblems({ keys, panel }: PunchConfig, around: PunchSurroundings, wrong: Wrong): void {
  const typedBy = new Map<string, string>();
  for (const [name, { typed, button, ...meaning }] of Object.entries(keys)) {
    const path = ['punch', 'keys', name];
    workProblems(meaning, path, wrong);
    if (button !== undefined && panel === undefined)
      wrong([...path, 'button'], 'needs punch.panel: nobody says which GPIO driver it is on');
    if (typed === undefined) continue;
    if (!gives(around, 'pin'))
      wrong([...path, 'typed'], 'needs a keypad: a reader in access.readers that gives "pin" or "both"');
    const other = typedBy.get(typed);
    if (other !== undefined) wrong([...path, 'typed'], `"${typed}" is the key ${other} already`);
    typedBy.set(typed, name);
  }
}

function workProblems(
  { means, work }: { means: string; work?: string | undefined },
  path: string[],
  wrong: Wrong,
): void {
  if (means === 'change' && work === undefined)
    wrong([...path, 'work'], 'is missing: a change goes on with some other work, and has to say which');
  if (work !== undefined && means !== 'change' && means !== 'in')
    wrong([...path, 'work'], `says nothing on "${means}": nobody works on anything then`);
}

function fallbackProblems({ fallback }: PunchConfig, around: PunchSurroundings, wrong: Wrong): void {
  if (fallback === undefined) return;
  for (const factor of ['card', 'pin'] as const)
    if (fallback.accept.split('-and-').includes(factor) && !gives(around, factor))
      wrong(
        ['punch', 'fallback', 'accept'],
        `"${fallback.accept}" needs a reader in access.readers that gives "${factor}" or "both"`,
      );
}

function gives({ access }: PunchSurroundings, what: 'card' | 'pin'): boolean {
  return (access?.readers ?? []).some((reader) => reader.gives === what || reader.gives === 'both');
}
