import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import type { Hub } from '../hub/hub.ts';
import { type ImportOutcome, importPeople, type Newcomer, newcomerFrom } from '../hub/import-people.ts';
import { type PersonRow, peopleInCsv } from '../hub/people-csv.ts';
import { picturesById } from '../hub/pictures.ts';
import { inOrder } from '../runtime/in-order.ts';
import type { ImportState } from './answers/people.ts';

/**
 * One list of people with their pictures at a time, from its first line to its report. One that is not started is forgotten
 * twenty minutes after its last picture: faces of people must not lie about because somebody closed a page.
 */
export interface ImportDesk {
  /** Take a list; an earlier one that does not run is forgotten. @throws LimenError `usage.invalid`, `import.running`. */
  begin(list: Uint8Array): Promise<ImportState>;
  /** @throws LimenError `import.unknown`, `import.running`, `image.too-many`, `file.unwritable`. */
  picture(id: string, name: string, bytes: Uint8Array): Promise<ImportState>;
  /** Enrol them, one after the other. @throws LimenError `import.unknown`, `import.running`. */
  start(id: string, how: ImportWish): Promise<ImportState>;
  /** End after whoever is being enrolled. @throws LimenError `import.unknown`. */
  stop(id: string): ImportState;
  /** @throws LimenError `import.unknown`. */
  state(id: string): ImportState;
  close(): Promise<void>;
}

/** How to enrol people of a list. */
export interface ImportWish {
  /** Of everybody for whom the list says none. */
  readonly groups: readonly string[];
  readonly despiteDoubts: boolean;
  readonly again: boolean;
}

const mostPictures = 20_000;
/** On the disk, until they are enrolled. */
const mostBytes = 4 * 1024 ** 3;
/** As long as pictures that were looked at are kept. */
const keptMs = 20 * 60_000;

interface Running {
  state: ImportState;
  readonly rows: readonly PersonRow[];
  readonly stopping: AbortController;
  bytes: number;
  ended: Promise<void>;
}

/**
 * @param options.folder where pictures lie until they are enrolled; whatever is in it is removed
 * @param options.onChange told each time that something is known about somebody
 */
export async function openImportDesk(options: {
  readonly folder: string;
  readonly hub: Hub;
  readonly timers: Timers;
  readonly onChange: (state: ImportState) => void;
}): Promise<ImportDesk> {
  const { folder, hub, timers, onChange } = options;
  let current: Running | null = null;
  // One after the other: a removal that is late must not take the pictures of the next import.
  const inTurn = inOrder();
  const empty = () => inTurn(() => rm(folder, { recursive: true, force: true }));
  await empty();
  let callOff = () => {};
  const forgetLater = () => {
    callOff();
    callOff = timers.after(keptMs, () => {
      current = null;
      // What could not be removed is removed by the next import, or the next start.
      empty().catch(() => {});
    });
  };
  const known = (id: string) => {
    if (current?.state.id === id) return current;
    throw new LimenError('import.unknown', 'This import is not here any more.', { hint: 'Begin again with the list.' });
  };
  const collecting = (id: string) => {
    const one = known(id);
    if (one.state.state === 'collecting') return one;
    throw isRunning();
  };
  const become = (one: Running, change: Partial<ImportState>) => {
    one.state = { ...one.state, ...change };
    onChange(one.state);
  };
  const run = async (one: Running, wish: ImportWish) => {
    const { people, leftOver } = newcomers(one.rows, folder, wish);
    become(one, { leftOver: [...leftOver] });
    const { signal } = one.stopping;
    for await (const outcome of importPeople(people, { hub, signal, ...wish }))
      become(one, { outcomes: [...one.state.outcomes, told(outcome)] });
    become(one, { state: one.state.outcomes.length < people.length ? 'stopped' : 'over' });
  };
  return {
    begin: async (list) => {
      if (current?.state.state === 'running') throw isRunning();
      const rows = peopleInCsv(list, 'The list');
      callOff();
      await empty();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const state: ImportState = {
        ...{
          id: ulid(),
          total: rows.length,
          pictures: 0,
          state: 'collecting',
          outcomes: [],
          leftOver: [],
          problem: null,
        },
      };
      current = { state, rows, stopping: new AbortController(), bytes: 0, ended: Promise.resolve() };
      forgetLater();
      return state;
    },
    picture: async (id, name, bytes) => {
      const one = collecting(id);
      if (one.state.pictures >= mostPictures || one.bytes + bytes.byteLength > mostBytes) throw tooMany();
      one.bytes += bytes.byteLength;
      forgetLater();
      await writeFile(join(folder, name), bytes, { mode: 0o600 }).catch((cause) => {
        throw new LimenError('file.unwritable', `${name} cannot be kept: ${messageOf(cause)}.`, { cause });
      });
      one.state = { ...one.state, pictures: one.state.pictures + 1 };
      return one.state;
    },
    start: async (id, wish) => {
      const one = collecting(id);
      callOff();
      become(one, { state: 'running' });
      one.ended = run(one, wish)
        .catch((error) => become(one, { state: 'failed', problem: messageOf(error) }))
        .finally(empty);
      return one.state;
    },
    stop: (id) => {
      const one = known(id);
      one.stopping.abort();
      if (one.state.state === 'collecting') {
        callOff();
        become(one, { state: 'stopped' });
        empty().catch(() => {});
      }
      return one.state;
    },
    state: (id) => known(id).state,
    close: async () => {
      callOff();
      current?.stopping.abort();
      await current?.ended;
      await empty();
    },
  };
}

function newcomers(
  rows: readonly PersonRow[],
  folder: string,
  wish: ImportWish,
): { people: Newcomer[]; leftOver: readonly string[] } {
  const pictures = picturesById(folder, new Set(rows.map(({ id }) => id)));
  const { groups } = wish;
  const people = rows.map((row) => newcomerFrom(row, { files: pictures.of(row.id), groups }));
  return { people, leftOver: pictures.leftOver.map((path) => path.slice(folder.length + 1)) };
}

function told(one: ImportOutcome): ImportState['outcomes'][number] {
  const { line, id, name, outcome } = one;
  if (outcome === 'failed') return { line, id, name, outcome, says: [one.why], mend: one.mend };
  return { line, id, name, outcome, says: outcome === 'enrolled' ? [...one.warnings] : [], mend: null };
}

function isRunning(): LimenError {
  return new LimenError('import.running', 'An import is running.', { hint: 'Wait for its end, or stop it.' });
}

function tooMany(): LimenError {
  return new LimenError('image.too-many', 'These are more pictures than one import takes.', {
    hint: 'Part the list, or use limen people import on the hub.',
  });
}
