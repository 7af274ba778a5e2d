import { signal } from '@preact/signals';
import type { Looked } from '../../../console/answers/people.ts';
import { ask } from '../server.ts';

/** A picture that somebody is to be enrolled with. */
export interface Shot {
  readonly key: number;
  readonly name: string;
  /** To be shown. */
  readonly url: string;
  /** What the hub says of it; `null` while it looks. */
  readonly look: Looked | null;
  readonly error: unknown;
}

/** Pictures on their way to the hub and what it says of each. */
export interface Shots {
  readonly all: { readonly value: readonly Shot[] };
  /** Those that are good, by the hub's names. */
  readonly good: () => string[];
  /** Have the hub look at a picture, and keep it where it is good; with `onlyGood` no other is shown. Returns what it says; `null` when it could not. */
  readonly add: (blob: Blob, name: string, how?: { readonly onlyGood?: boolean }) => Promise<Looked | null>;
  readonly remove: (key: number) => void;
  readonly clear: () => void;
}

/** What hubs take. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp'];

let count = 0;

/** None yet. @param person whose they are, where they are enrolled already */
export function noShots(person?: string): Shots {
  const all = signal<readonly Shot[]>([]);
  const change = (key: number, part: Partial<Shot>) => {
    all.value = all.value.map((shot) => (shot.key === key ? { ...shot, ...part } : shot));
  };
  const remove = (key: number) => {
    const shot = all.value.find((one) => one.key === key);
    if (shot === undefined) return;
    all.value = all.value.filter((one) => one !== shot);
    URL.revokeObjectURL(shot.url);
    if (shot.look?.picture) void ask(`/api/pictures/${shot.look.picture}`, { method: 'DELETE' }).catch(() => {});
  };
  return {
    all,
    good: () => all.value.flatMap(({ look }) => (look?.picture ? [look.picture] : [])),
    add: async (blob, name, { onlyGood = false } = {}) => {
      const key = ++count;
      all.value = [...all.value, { key, name, url: URL.createObjectURL(blob), look: null, error: null }];
      const query = new URLSearchParams({ name, ...(person && { person }) });
      try {
        const look = await ask<Looked>(`/api/pictures?${query}`, { method: 'POST', body: typed(blob) });
        if (onlyGood && !look.good) remove(key);
        else change(key, { look });
        return look;
      } catch (error) {
        change(key, { error });
        return null;
      }
    },
    remove,
    clear: () => {
      for (const { key } of all.value) remove(key);
    },
  };
}

/** A file without a type is sent as bytes: what it is, the hub finds out. */
function typed(blob: Blob): Blob {
  return pictureTypes.includes(blob.type) ? blob : new Blob([blob], { type: 'application/octet-stream' });
}
