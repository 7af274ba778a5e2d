import type { Command } from 'commander';
import type { Saying } from '../hub/statement-book.ts';
import { issuer } from '../runtime/issuer.ts';

/** Who says something about the books, and why. */
export interface SayingFlags {
  readonly reason: string;
  readonly author?: string;
}

/** The options with which everything is said. */
export function withSaying(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; it stays in the books')
    .option('--author <name>', 'who says so; whoever is logged in, if left out');
}

/** What was given with {@link withSaying}. */
export function sayingOf({ reason, author }: SayingFlags): Saying {
  return { reason, author: author ?? issuer() };
}

/** How whatever was said is taken back. */
export function wayBack(id: string, { config }: { readonly config: string }): string {
  return `Take it back with: limen attendance reverse ${id} --reason "…" --config ${config}`;
}
