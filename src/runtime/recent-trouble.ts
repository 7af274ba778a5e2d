/** A warning or an error as it was logged: its sentence, and nothing of what stood beside it. */
export interface TroubleLine {
  /** ISO 8601. */
  readonly at: string;
  readonly level: 'warn' | 'error';
  readonly code: string | null;
  readonly says: string;
}

const mostLines = 20;
const longestSentence = 300;
const mostBytes = 5000;
/** pino's number for `error`; `warn` is 40. */
const errorLevel = 50;

/**
 * The last warnings and errors of a log, for whoever asks from afar: 20 at most, of 5 KB together, so that an answer can
 * carry them. Takes the lines as pino writes them, after it has withheld what nobody may see.
 */
export class RecentTrouble {
  #lines: readonly TroubleLine[] = [];

  /** Newest first. */
  get lines(): readonly TroubleLine[] {
    return this.#lines;
  }

  /** One line of JSON; what is none is passed over. */
  write(text: string): void {
    const line = lineFrom(text);
    if (line === null) return;
    this.#lines = [line, ...this.#lines].slice(0, mostLines);
    while (Buffer.byteLength(JSON.stringify(this.#lines)) > mostBytes) this.#lines = this.#lines.slice(0, -1);
  }
}

function lineFrom(text: string): TroubleLine | null {
  try {
    const { level, time, msg, code, error } = JSON.parse(text);
    const own = code ?? error?.code;
    return {
      at: new Date(time).toISOString(),
      level: level >= errorLevel ? 'error' : 'warn',
      code: typeof own === 'string' ? own : null,
      says: String(msg ?? error?.message ?? '').slice(0, longestSentence),
    };
  } catch {
    return null;
  }
}
