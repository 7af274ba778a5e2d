/** As the server takes it: a name, and no path. */
const isSendable = (name: string) => /^[\p{L}\p{N}_-][\p{L}\p{N} ._-]*\.(jpe?g|png|webp)$/iu.test(name);

/**
 * What pictures of people on a list are called when they are sent, so that each becomes theirs and none overwrites another:
 * by the nearest folder that is named `ID` or `ID NAME`, else by their own names. `null` for one of nobody on the list.
 *
 * @param paths with the folders in which they lay
 */
export function pictureNames(paths: readonly string[], ids: ReadonlySet<string>): (string | null)[] {
  const owners = paths.map((path) => ownerByFolder(path, ids) ?? ownerByName(stemOf(path), ids));
  const taken = new Set<string>();
  const take = (name: string) => {
    if (!isSendable(name) || taken.has(name.toLowerCase())) return null;
    taken.add(name.toLowerCase());
    return name;
  };
  // Names that are right already are given out before any is made up.
  const kept = paths.map((path, i) => (isRight(stemOf(path), owners[i], ids) ? take(baseOf(path)) : null));
  const counts = new Map<string, number>();
  return kept.map((name, i) => {
    const [path, owner] = [paths[i] as string, owners[i]];
    const type = path.split('.').at(-1);
    if (name !== null || !owner || !isSendable(`${owner}.${type}`)) return name;
    for (;;) {
      const count = (counts.get(owner) ?? 0) + 1;
      counts.set(owner, count);
      // Somebody else may have an id that ends like that.
      const made = ids.has(`${owner}-${count}`) ? null : take(`${owner}-${count}.${type}`);
      if (made !== null) return made;
    }
  });
}

/** Whether the server takes it for theirs, as the pictures of a list are read: `ID`, or with a number. */
function isRight(stem: string, owner: string | null | undefined, ids: ReadonlySet<string>): boolean {
  return owner === (ids.has(stem) ? stem : stem.replace(/[-_ ]\d+$/, ''));
}

function ownerByFolder(path: string, ids: ReadonlySet<string>): string | null {
  const folders = path.split('/').slice(0, -1);
  return folders.map((folder) => folder.split(' ', 1)[0] as string).findLast((id) => ids.has(id)) ?? null;
}

/** Also `ID (1)`, as a browser calls what it saves a second time. */
function ownerByName(stem: string, ids: ReadonlySet<string>): string | null {
  const without = [stem, stem.replace(/[-_ ]\d+$/, ''), stem.replace(/[-_ ]*\(\d+\)$/, '')];
  return without.find((id) => ids.has(id)) ?? null;
}

function baseOf(path: string): string {
  return path.split('/').at(-1) as string;
}

function stemOf(path: string): string {
  return baseOf(path).replace(/\.[^.]*$/, '');
}
