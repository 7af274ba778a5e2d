import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { lockOf } from '../compose.ts';
import { loadTerminalConfig } from '../config/load.ts';
import { clickRelay } from '../doctor/click-relay.ts';
import { LimenError } from '../domain/errors.ts';
import { doorFolder } from '../door/lock-spawn.ts';
import { colours } from '../runtime/colours.ts';
import { print } from './output.ts';

const openMs = 1000;

/** `limen doctor --click-relay`: the lock of a configuration is released for a second, after a yes. */
export async function clickConfiguredRelay(file: string | undefined, { yes }: { yes: boolean }): Promise<void> {
  const { door, dataFolder } = terminalOf(file);
  if (door === undefined) {
    throw new LimenError('config.invalid', `${file} has no door, so there is no relay to click.`, {
      hint: 'Add the section "door"; see docs/configuration.md.',
    });
  }
  const where = `${door.chipLabel} line ${door.line ?? 0}`;
  if (!yes && !(await agrees(`${colours.yellow('!')} ${where}: the door will be OPEN for a second. Click? [y/N] `))) {
    print('Nothing was moved.');
    return;
  }
  const name = await clickRelay({
    lock: lockOf(door, dataFolder),
    socketPaths: [join(doorFolder(dataFolder), 'lock.sock'), '/run/limen/lock.sock', door.lockSocket],
    openMs,
  });
  print(`${colours.green('✔')} ${colours.bold('relay'.padEnd(12))} ${name}: released, and read back at rest`);
  print(
    `${' '.repeat(15)}${colours.dim('two clicks heard?')} If not: power and wiring of the relay board, or another line.`,
  );
  print(
    `${' '.repeat(15)}${colours.dim('door open between them?')} If it was open before and after, turn door.activeLow.`,
  );
}

function terminalOf(file: string | undefined) {
  if (file !== undefined) return loadTerminalConfig(file);
  throw new LimenError('usage.invalid', '--click-relay needs a configuration: it says which line the relay hangs on.', {
    hint: 'limen doctor --click-relay --config door.yaml',
  });
}

/** @throws LimenError `usage.invalid` where nobody can be asked: silence is no yes. */
async function agrees(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    throw new LimenError('usage.invalid', 'A relay is clicked only after a yes, and nobody can be asked here.', {
      hint: 'Add --yes if the door may be opened now.',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
