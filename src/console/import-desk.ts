import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { ulid } from 'ulid';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import type { Hub } from '../hub/hub.ts';
import { type ImportOutcome, importPeople, type Newcomer, newcomerFrom } from '../hub/import-people.ts';
import { type PersonRow, peopleInCsv } from '../hub/people-csv.ts';
import { picturesById } from '../hub/pictures.ts';
import { inOrder } from '../runtime/in-order.ts';
import type { ImportBegun, ImportProgress, ImportState } from './answers/people.ts';

/**
 * One list of people with their pictures at a time, from its first line to its report. One that is not started is forgotten
 * twenty minutes after its last picture: faces of people must not lie about because somebody closed a page.
 */
export interface ImportDesk {
  /** Take a list; an earlier one that does not run is forgotten. @throws LimenError `usage.invalid`, `import.running`. */
  begin(list: Uint8Array): Promise<ImportBegun>;
  /** @throws LimenError `import.unknown`, `import.running`, `image.too-many`, `file.unwritable`. */
  picture(id: string, name: string, bytes: Uint8Array): Promise<ImportState>;
  /** Enrol them, one after the other. @throws LimenError `import.unknown`, `import.running`. */
  start(id: string, how: ImportWish): Promise<ImportState>;
  /** End after whoever is being enrolled. @throws LimenError `import.unknown`. */
  stop(id: string): ImportState;
  /** Outcomes from the one with this number on; all of them unless said. @throws LimenError `import.unknown`. */
  state(id: string, from?: number): ImportState;
  /** The one that there is; `null` before the first, and once it is forgotten. */
  current(): ImportProgress | null;
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
/** Of people who are there already, thousands are known in a second: nobody is told of each. */
const tellEveryMs = 300;

interface Running {
  progress: ImportProgress;
  readonly outcomes: ImportState['outcomes'];
  leftOver: readonly string[];
  readonly rows: readonly PersonRow[];
  readonly stopping: AbortController;
  bytes: number;
  ended: Promise<void>;
}

/**
 * @param options.folder where pictures lie until they are enrolled; whatever is in it is removed
 * @param options.onChange told how far it is: at once of a beginning and an end, and a few times a second in between
 */
export async function openImportDesk(options: {
  readonly folder: string;
  readonly hub: Hub;
  readonly timers: Timers;
  readonly onChange: (progress: ImportProgress) => void;
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
    if (current?.progress.id === id) return current;
    throw new LimenError('import.unknown', 'This import is not here any more.', { hint: 'Begin again with the list.' });
  };
  const collecting = (id: string) => {
    const one = known(id);
    if (one.progress.state === 'collecting') return one;
    throw isRunning();
  };
  let callOffTelling: (() => void) | null = null;
  const tellNow = (one: Running) => {
    callOffTelling?.();
    callOffTelling = null;
    onChange(one.progress);
  };
  const become = (one: Running, change: Partial<ImportProgress>) => {
    one.progress = { ...one.progress, ...change };
    tellNow(one);
  };
  const run = async (one: Running, wish: ImportWish) => {
    const { people, leftOver } = newcomers(one.rows, folder, wish);
    one.leftOver = leftOver;
    const { signal } = one.stopping;
    for await (const outcome of importPeople(people, { hub, signal, ...wish })) {
      note(one, outcome);
      callOffTelling ??= timers.after(tellEveryMs, () => tellNow(one));
      // Who is there already is known without waiting for anything: others of the hub wait meanwhile.
      await breathe();
    }
    become(one, { state: one.outcomes.length < people.length ? 'stopped' : 'over' });
  };
  return {
    begin: async (list) => {
      if (current?.progress.state === 'running') throw isRunning();
      const rows = peopleInCsv(list, 'The list');
      callOff();
      await empty();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      current = begun(rows);
      forgetLater();
      return { ...stateOf(current), ids: rows.map(({ id }) => id) };
    },
    picture: async (id, name, bytes) => {
      const one = collecting(id);
      if (one.progress.pictures >= mostPictures || one.bytes + bytes.byteLength > mostBytes) throw tooMany();
      one.bytes += bytes.byteLength;
      forgetLater();
      await writeFile(join(folder, name), bytes, { mode: 0o600 }).catch((cause) => {
        throw new LimenError('file.unwritable', `${name} cannot be kept: ${messageOf(cause)}.`, { cause });
      });
      one.progress = { ...one.progress, pictures: one.progress.pictures + 1 };
      return stateOf(one);
    },
    start: async (id, wish) => {
      const one = collecting(id);
      callOff();
      become(one, { state: 'running' });
      one.ended = run(one, wish)
        .catch((error) => become(one, { state: 'failed', problem: messageOf(error) }))
        .finally(empty);
      return stateOf(one);
    },
    stop: (id) => {
      const one = known(id);
      one.stopping.abort();
      if (one.progress.state === 'collecting') {
        callOff();
        become(one, { state: 'stopped' });
        empty().catch(() => {});
      }
      return stateOf(one);
    },
    state: (id, from) => stateOf(known(id), from),
    current: () => current?.progress ?? null,
    close: async () => {
      callOff();
      current?.stopping.abort();
      await current?.ended;
      await empty();
    },
  };
}

function begun(rows: readonly PersonRow[]): Running {
  const counts = { enrolled: 0, thereAlready: 0, failed: 0 };
  return {
    progress: { id: ulid(), total: rows.length, pictures: 0, state: 'collecting', counts, problem: null },
    ...{ outcomes: [], leftOver: [], rows, stopping: new AbortController(), bytes: 0, ended: Promise.resolve() },
  };
}

function stateOf({ progress, outcomes, leftOver }: Running, from = 0): ImportState {
  return { ...progress, outcomes: outcomes.slice(from), leftOver: [...leftOver] };
}

function note(one: Running, outcome: ImportOutcome): void {
  one.outcomes.push(told(outcome));
  const { counts } = one.progress;
  const count = outcome.outcome === 'there already' ? 'thereAlready' : outcome.outcome;
  one.progress = { ...one.progress, counts: { ...counts, [count]: counts[count] + 1 } };
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
