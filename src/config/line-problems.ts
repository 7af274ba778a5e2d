import type { PunchConfig } from './punch-schema.ts';
import type { DoorConfig } from './schema.ts';
import type { Wrong } from './store-problems.ts';

interface Line {
  readonly path: readonly string[];
  readonly chipLabel: string;
  readonly driver: string;
  readonly line: number;
  /** Of an input. */
  readonly bias?: string;
}

/** One line, one duty: two of them would argue about the level. And a resistor that the driver cannot set is no resistor. */
export function lineProblems(
  { door, punch }: { readonly door?: DoorConfig | undefined; readonly punch?: PunchConfig | undefined },
  wrong: Wrong,
): void {
  const used = new Map<string, string>();
  for (const { path, chipLabel, driver, line, bias } of [...doorLines(door), ...punchLines(punch)]) {
    const key = `${chipLabel} ${line}`;
    const other = used.get(key);
    if (other !== undefined) wrong([...path, 'line'], `line ${line} of that chip is ${other} already`);
    else used.set(key, path.join('.'));
    if (driver === 'onoff' && bias?.startsWith('pull'))
      wrong(
        [...path, 'bias'],
        `"${bias}" cannot be set through sysfs: use driver "gpiochip", or bias "as-is" and a resistor`,
      );
  }
}

function doorLines(door: DoorConfig | undefined): Line[] {
  if (door === undefined) return [];
  const own = { chipLabel: door.chipLabel, driver: door.driver };
  const lock = door.line === undefined ? [] : [{ ...own, path: ['door'], line: door.line }];
  return [
    ...lock,
    ...linesIn(door.inputs, { ...own, path: ['door', 'inputs'] }),
    ...linesIn(door.outputs, { ...own, path: ['door', 'outputs'] }),
  ];
}

function punchLines(punch: PunchConfig | undefined): Line[] {
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
  { path, ...own }: Pick<Line, 'path' | 'chipLabel' | 'driver'>,
): Line[] {
  return Object.entries(lines).flatMap(([name, spec]) => {
    if (spec === undefined) return [];
    const { chipLabel = own.chipLabel, line, bias } = spec;
    return [{ ...own, path: [...path, name], chipLabel, line, ...(bias !== undefined && { bias }) }];
  });
}
