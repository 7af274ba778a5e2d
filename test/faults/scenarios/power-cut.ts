import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { siblingModule } from '../../../src/runtime/package-root.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { crashStates, restore } from '../power-cut/crash-states.ts';
import { durables } from '../power-cut/durables.ts';
import { traced } from '../power-cut/trace.ts';
import { chance } from '../simulation/chance.ts';
import { amount, seeds } from '../support/amount.ts';

const folders = temporaryFolders(test);
const child = siblingModule(import.meta.url, '../children/writing');
/** Moments per trace; each has several states. */
const moments = amount({ short: 60, long: 2000 });

for (const [name, durable] of Object.entries(durables)) {
  test(`${name}: whenever the power is cut, what was last said to be done is there, or what came after it`, async (t) => {
    if (!needs(t, 'strace')) return;
    const [seed = 0] = seeds(1);
    const written = realpathSync(join(folders(), '.'));
    const ops = traced(child, [name, written], written);
    t.true(ops.some(({ kind }) => kind === 'sync'));
    let cuts = 0;
    const found = join(folders(), 'found');
    const wrongs: string[] = [];
    const seen = new Set<number>();
    for (const state of crashStates(ops, { chance: chance(seed), moments })) {
      cuts++;
      mkdirSync(found, { recursive: true });
      restore(state, found);
      const least = Number(state.said.at(-1) ?? 0);
      const what = await durable.found(found).then(
        (n) => (n === least || n === least + 1 ? n : `found ${n}`),
        (error: Error) => `cannot be opened: ${error.message}`,
      );
      if (typeof what === 'number') seen.add(what);
      else wrongs.push(`after ${least} was said to be done: ${what} (${[...state.files.keys()].join(', ')})`);
    }
    t.log(`${cuts} power cuts over ${ops.length} operations, seed ${seed}`);
    t.deepEqual(wrongs.slice(0, 5), []);
    t.true(seen.size > 1, 'cuts at different moments leave different states');
  });
}
