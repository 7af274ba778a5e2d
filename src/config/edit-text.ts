import { LimenError, messageOf } from '../domain/errors.ts';
import { valueAt } from './json-schema.ts';
import { checkConfigText } from './load.ts';
import { parseSource } from './source-text.ts';

/** What a key of a configuration is to hold; `undefined` takes it out, so that its default counts. */
export type Edits = ReadonlyMap<string, string | number | boolean | undefined>;

/**
 * A configuration's text with other values at some keys (`log.level`); comments, order and everything else stay.
 *
 * @throws LimenError `config.invalid` where the outcome would be refused at the next start, or the text does not let itself
 *   be changed like that.
 */
export function editConfigText(text: string, kind: 'terminal' | 'hub', edits: Edits): string {
  const { document, content: before } = parseSource(kind, text);
  const real = [...edits].filter(([key, value]) => valueAt(before, key.split('.')) !== value);
  if (real.length === 0) return text;
  try {
    for (const [key, value] of real) {
      if (value === undefined) document.deleteIn(key.split('.'));
      else document.setIn(key.split('.'), value);
    }
  } catch (cause) {
    // What an alias stands for belongs to other places as well.
    throw refused(messageOf(cause), cause);
  }
  const edited = document.toString({ lineWidth: 0 });
  const [problem] = checkConfigText(edited, kind).problems;
  if (problem !== undefined) throw refused(`${problem.key}: ${problem.says}`);
  const { content } = parseSource(kind, edited);
  for (const [key, value] of edits)
    if (valueAt(content, key.split('.')) !== value) throw refused(`${key} would not hold what it was set to`);
  return edited;
}

function refused(why: string, cause?: unknown): LimenError {
  return new LimenError('config.invalid', `The configuration cannot be changed like that: ${why}.`, {
    hint: 'Nothing was written. Change the file on the machine.',
    cause,
  });
}
