import type { PunchConfig } from './punch-schema.ts';
import type { DoorConfig } from './schema.ts';

/** A GPIO line that a terminal's configuration names. */
export interface WiredLine {
  /** Where it is named: `['punch', 'keys', 'out', 'button']`; the lock is `['door']`. */
  readonly path: readonly string[];
  readonly chipLabel: string;
  readonly driver: DoorConfig['driver'];
  readonly line: number;
  /** Of an input. */
  readonly bias?: string;
}

/** The sections that name lines. */
export interface Wired {
  readonly door?: DoorConfig | undefined;
  readonly punch?: PunchConfig | undefined;
}

/** Every line that is named: the lock, what the door feels and shows, and the panel of a time clock with its buttons. */
export function wiredLines({ door, punch }: Wired): WiredLine[] {
  return [...doorLines(door), ...punchLines(punch)];
}

function doorLines(door: DoorConfig | undefined): WiredLine[] {
  if (door === undefined) return [];
  const own = { chipLabel: door.chipLabel, driver: door.driver };
  const lock = door.line === undefined ? [] : [{ ...own, path: ['door'], line: door.line }];
  return [
    ...lock,
    ...linesIn(door.inputs, { ...own, path: ['door', 'inputs'] }),
    ...linesIn(door.outputs, { ...own, path: ['door', 'outputs'] }),
  ];
}

function punchLines(punch: PunchConfig | undefined): WiredLine[] {
  const panel = punch?.panel;
  if (punch === undefined || panel === undefined) return [];
  const own = { chipLabel: panel.chipLabel, driver: panel.driver };
  const buttons = Object.entries(punch.keys).flatMap(([name, { button }]) =>
    linesIn({ button }, { ...own, path: ['punch', 'keys', name] }),
  );
  return [...linesIn(panel.outputs, { ...own, path: ['punch', 'panel', 'outputs'] }), ...buttons];
}

type Spec = { readonly chipLabel?: string | undefined; readonly line: number; readonly bias?: string };

function linesIn(
  lines: Readonly<Record<string, Spec | undefined>>,
  { path, ...own }: Pick<WiredLine, 'path' | 'chipLabel' | 'driver'>,
): WiredLine[] {
  return Object.entries(lines).flatMap(([name, spec]) => {
    if (spec === undefined) return [];
    const { chipLabel = own.chipLabel, line, bias } = spec;
    return [{ ...own, path: [...path, name], chipLabel, line, ...(bias !== undefined && { bias }) }];
  });
}
