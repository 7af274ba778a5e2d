import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import { type DurableFiles, durableFiles } from '../runtime/durable-file.ts';
import { inOrder } from '../runtime/in-order.ts';
import { type Command, type CommandResult, commandIdSchema, resultSchema } from './command-messages.ts';

/** How many commands are remembered one by one; older ones are all refused by the highest id that was let go. */
const remembered = 64;
/** A larger answer (what `diagnose` found) is not kept: the command is, and is not carried out again. */
const keptAnswerBytes = 4096;

const documentSchema = z.strictObject({
  format: z.literal(1),
  /** Commands issued until then are refused; `null` when that was not known, because there was no clock. */
  since: z.iso.datetime().nullable(),
  /** No id up to this one is obeyed any more; empty for none. */
  letGo: z.string(),
  /** Verb -> id of the newest command that was carried out. */
  newest: z.record(z.string(), commandIdSchema),
  /** The latest time that the hub's signature vouches for. */
  hubTime: z.iso.datetime({ offset: true }).nullable(),
  commands: z.array(z.strictObject({ id: commandIdSchema, result: resultSchema.nullable() })).max(remembered),
});
type Document = z.infer<typeof documentSchema>;

/** Where a {@link CommandMemory} is kept; `file` is written by it alone. */
export interface CommandMemoryOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Told when there was a memory and it cannot be used. */
  readonly onLost: (fault: LimenError) => void;
  readonly files?: DurableFiles | undefined;
}

/**
 * Which commands this terminal has had, so that none is carried out twice. Survives a restart. What is not remembered
 * counts as had: without a file, or with a damaged one, everything issued until now is refused.
 */
export interface CommandMemory {
  /** The answer that was given; `null` while there is none; `undefined` for a command that is new. */
  answerTo(id: string): CommandResult | null | undefined;
  /** Whether this command is so old that nobody knows any more whether it was carried out. */
  isForgotten(command: Command): boolean;
  /** Id of the newest command of a verb that was carried out; empty for none, and so before every other. */
  newest(verb: string): string;
  /** The latest time that the hub's signature vouches for, in ms; minus infinity before the first. */
  readonly hubTimeMs: number;
  /** From now on this id is never new again. Durable when it resolves. @throws LimenError `disk.full`, `file.unwritable`. */
  take(command: Command, as: 'obeyed' | 'refused'): Promise<void>;
  /** Keep the answer for whoever asks again. @throws LimenError as {@link take}. */
  answered(result: CommandResult): Promise<void>;
}

/** Read the memory, or begin one. */
export async function openCommandMemory(options: CommandMemoryOptions): Promise<CommandMemory> {
  const { file, clock, files = durableFiles } = options;
  const openedMs = clock.monotonicMs();
  const stored = await read({ ...options, files });
  const state = { ...(stored ?? empty) };
  const answers = new Map(state.commands.map(({ id, result }) => [id, result]));
  const serially = inOrder();

  /** A Pi learns the time after its start: when the memory began is reckoned back then. */
  const since = (): number | null => {
    if (state.since === null && clock.quality() === 'synced') {
      state.since = new Date(clock.now().getTime() - (clock.monotonicMs() - openedMs)).toISOString();
    }
    return state.since === null ? null : Date.parse(state.since);
  };
  const letGo = () => {
    for (const id of [...answers.keys()].sort().slice(0, -remembered)) {
      answers.delete(id);
      // A command that comes late is let go at once, and must not bring back those between.
      if (id > state.letGo) state.letGo = id;
    }
  };
  const save = () =>
    serially(async () => {
      since();
      const commands = Array.from(answers, ([id, result]) => ({ id, result }));
      await files.write(file, encode({ ...state, commands }), { keepPrevious: false });
    });

  since();
  // So that a command is not refused for a restart before the first one; not being able to is said when it matters.
  if (stored === null) await save().catch(() => {});
  return {
    answerTo: (id) => answers.get(id),
    isForgotten: ({ id, issuedAt }) => {
      const from = since();
      return id <= state.letGo || (from !== null && Date.parse(issuedAt) <= from);
    },
    newest: (verb) => state.newest[verb] ?? '',
    get hubTimeMs() {
      return state.hubTime === null ? Number.NEGATIVE_INFINITY : Date.parse(state.hubTime);
    },
    take: ({ id, verb, issuedAt }, as) => {
      answers.set(id, null);
      if (state.hubTime === null || Date.parse(issuedAt) > Date.parse(state.hubTime)) state.hubTime = issuedAt;
      if (as === 'obeyed' && id > (state.newest[verb] ?? '')) state.newest = { ...state.newest, [verb]: id };
      letGo();
      return save();
    },
    answered: (result) => {
      if (!answers.has(result.command)) return Promise.resolve();
      if (JSON.stringify(result).length <= keptAnswerBytes) answers.set(result.command, result);
      return save();
    },
  };
}

const empty: Document = { format: 1, since: null, letGo: '', newest: {}, hubTime: null, commands: [] };

/** No earlier generation is read in place of a damaged one: it would not know the last command. */
async function read(options: CommandMemoryOptions & { files: DurableFiles }): Promise<Document | null> {
  const { file, files, onLost } = options;
  try {
    return (await files.read(file, (bytes) => decode(bytes, file)))?.value ?? null;
  } catch (error) {
    onLost(isLimenError(error) ? error : new LimenError('internal', messageOf(error), { cause: error }));
    return null;
  }
}

/** Two lines: SHA-256 (hex) of the second, then the document. */
function encode(document: Document): string {
  const text = JSON.stringify(document);
  return `${checksum(text)}\n${text}\n`;
}

function decode(bytes: Buffer, file: string): Document {
  const [sum, text = ''] = bytes.toString('utf8').split('\n');
  const parsed = sum === checksum(text) ? documentSchema.safeParse(JSON.parse(text)) : null;
  if (parsed?.success) return parsed.data;
  throw new LimenError('file.corrupt', `${file} is damaged: which commands were carried out is not known.`, {
    hint: 'limen refuses what was issued until now and begins anew. Check the disk or SD card.',
  });
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
