import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import { packageRoot } from '../runtime/package-root.ts';

/** Every sentence by its key. */
export type Words = Readonly<Record<string, string>>;

/** Which language, and for another one its file. */
export interface Language {
  readonly language: 'en' | 'vi';
  readonly languageFile?: string | undefined;
}

/**
 * The sentences of a screen. A file for another language may leave some out: those stay English, and `onMissing` is told
 * which.
 *
 * @throws LimenError `file.unreadable`, `config.invalid` for a file that is no such file, or has a key that no screen knows.
 */
export function loadWords(
  { language, languageFile }: Language,
  onMissing: (keys: readonly string[]) => void = () => {},
): Words {
  const shipped = (name: string) => read(join(packageRoot(), 'dist/screens/words', `${name}.json`));
  const english = shipped('en');
  if (languageFile === undefined) return shipped(language);
  const own = read(languageFile);
  const unknown = Object.keys(own).find((key) => english[key] === undefined);
  if (unknown !== undefined) {
    throw new LimenError(
      'config.invalid',
      `screen.languageFile: ${languageFile} has the key "${unknown}", which no screen knows.`,
      {
        hint: 'Take a copy of src/screens/words/en.json and translate what is right of the colons.',
      },
    );
  }
  const missing = Object.keys(english).filter((key) => own[key] === undefined);
  if (missing.length > 0) onMissing(missing);
  return { ...english, ...own };
}

function read(file: string): Words {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LimenError('file.unreadable', `The words in ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check screen.languageFile.',
      cause,
    });
  }
  const words = parsed(text);
  if (words !== null) return words;
  throw new LimenError('config.invalid', `screen.languageFile: ${file} is not a JSON object of texts by their keys.`, {
    hint: 'Take a copy of src/screens/words/en.json and translate what is right of the colons.',
  });
}

function parsed(text: string): Words | null {
  try {
    const value: unknown = JSON.parse(text);
    const isWords =
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((word) => typeof word === 'string');
    return isWords ? (value as Words) : null;
  } catch {
    return null;
  }
}
