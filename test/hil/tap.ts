/** One test that has ended, and everything that was printed about it. */
export interface TapResult {
  readonly title: string;
  readonly ok: boolean;
  readonly details: readonly string[];
}

/**
 * Reads TAP line by line, several documents after one another included. `onResult` hears of a test when the next one, or
 * the plan, follows: what a failure has to say comes after its first line.
 */
export function tapReader(onResult: (result: TapResult) => void): { take(line: string): void; end(): void } {
  let current: { title: string; ok: boolean; details: string[] } | null = null;
  const finish = () => {
    if (current !== null) onResult(current);
    current = null;
  };
  return {
    take(line) {
      const [, not, title] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
      if (title !== undefined) {
        finish();
        current = { title, ok: not === undefined, details: [] };
      } else if (/^(1\.\.\d+|TAP version)/.test(line)) finish();
      else if (current !== null && line.trim() !== '') current.details.push(line);
    },
    end: finish,
  };
}
