import { ulid } from 'ulid';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Picture } from '../hub/enrol.ts';

/** Pictures that were looked at and are to become somebody's templates: in memory only, and not for long. */
export interface PictureTray {
  /** Keep one for an account. Returns what to call it. @throws LimenError `image.too-many`. */
  put(account: string, picture: Picture): string;
  /** Those with these names; they stay. @throws LimenError `image.gone`. */
  take(account: string, ids: readonly string[]): Picture[];
  drop(account: string, ids: readonly string[]): void;
}

/** The largest picture: a camera's full size as JPEG. */
export const mostPictureBytes = 12 * 1024 * 1024;
/** Of everybody together. */
const mostBytes = 192 * 1024 * 1024;
const mostOfOne = 24;
const keptMs = 20 * 60_000;

interface Kept {
  readonly account: string;
  readonly picture: Picture;
  readonly untilMs: number;
}

/** An empty tray. */
export function pictureTray(clock: Pick<Clock, 'monotonicMs'>): PictureTray {
  const kept = new Map<string, Kept>();
  const clearAway = () => {
    for (const [id, { untilMs }] of kept) if (untilMs < clock.monotonicMs()) kept.delete(id);
  };
  return {
    put: (account, picture) => {
      clearAway();
      const all = [...kept.values()];
      const bytes = all.reduce((sum, { picture: { jpeg } }) => sum + jpeg.byteLength, picture.jpeg.byteLength);
      if (bytes > mostBytes || all.filter((one) => one.account === account).length >= mostOfOne) throw full();
      const id = ulid();
      kept.set(id, { account, picture, untilMs: clock.monotonicMs() + keptMs });
      return id;
    },
    take: (account, ids) => {
      clearAway();
      return ids.map((id) => {
        const one = kept.get(id);
        if (one?.account === account) return one.picture;
        throw new LimenError('image.gone', 'A picture is not here any more.', {
          hint: 'Pictures are kept for twenty minutes: give it once more.',
        });
      });
    },
    drop: (account, ids) => {
      for (const id of ids) if (kept.get(id)?.account === account) kept.delete(id);
    },
  };
}

function full(): LimenError {
  return new LimenError('image.too-many', 'There are too many pictures waiting to be enrolled.', {
    hint: 'Enrol the person, or take pictures away; five good ones are enough.',
  });
}
