import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Level, LineAddress } from '../gpio/gpio.ts';

/**
 * How a line is brought to rest by a shell script when Node cannot: where it is, and its electrical level at rest.
 * A line of a chip is named by label and offset, so that `limen-rest` may use whichever interface works.
 */
export type RestRecipe = LineAddress & { readonly rest: Level };

/**
 * Write the recipe as `name=value` lines. It is data, never sourced by the shell that reads it.
 * Written before the line is first driven: a crash at any later moment finds it there.
 *
 * @throws LimenError `file.unwritable`
 */
export function writeRestFile(path: string, recipe: RestRecipe): void {
  const text = Object.entries(recipe).map(([name, value]) => `${name}=${oneLine(String(value))}\n`);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text.join(''), { mode: 0o600 });
  } catch (cause) {
    throw new LimenError('file.unwritable', `The lock's rest file ${path} cannot be written: ${messageOf(cause)}`, {
      hint: 'limen needs it to lock the door after a crash: make the folder writable for the user limen runs as.',
      cause,
    });
  }
}

function oneLine(value: string): string {
  if (/[\r\n]/.test(value))
    throw new LimenError('door.fault', `The lock's setting ${JSON.stringify(value)} has a line break.`);
  return value;
}
