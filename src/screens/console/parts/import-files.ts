import type { ImportBegun } from '../../../console/answers/people.ts';
import { pictureNames } from '../picture-names.ts';
import { ask } from '../server.ts';
import type { Dropped } from './drop-zone.tsx';

/** So many pictures are on their way at once. */
const atOnce = 3;

/** A list as it stands there. @throws Error for one that is not UTF-8. */
export async function textOf(file: File): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error(`${file.name} is not UTF-8: save it as "CSV UTF-8", or names with accents would be spoilt.`);
  }
}

/** Send the pictures of people on a list. Returns those of nobody on it, which are not sent. */
export async function sendAll(
  { id, ids }: Pick<ImportBegun, 'id' | 'ids'>,
  pictures: readonly Dropped[],
  onSent: (count: number) => void,
): Promise<string[]> {
  const names = pictureNames(
    pictures.map(({ name }) => name),
    new Set(ids),
  );
  const all = pictures.map(({ name, file }, i) => ({ file, from: name, name: names[i] ?? null }));
  const leftOut = all.filter(({ name }) => name === null);
  const waiting = all.flatMap(({ file, name }) => (name === null ? [] : [{ file, name }]));
  let sent = leftOut.length;
  onSent(sent);
  const send = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const body = new Blob([next.file], { type: 'application/octet-stream' });
      await ask(`/api/imports/${id}/pictures/${encodeURIComponent(next.name)}`, { method: 'PUT', body });
      onSent(++sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, send));
  return leftOut.map(({ from }) => from);
}
