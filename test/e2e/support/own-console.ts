import type { ExecutionContext } from 'ava';
import type { ResultPromise } from 'execa';
import type { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';

/** A terminal that serves a console of its own. */
export interface OwnConsole {
  readonly url: string;
  /** What it has printed for whoever makes the first account. */
  readonly code: string;
  readonly terminal: ResultPromise<{ reject: false }>;
}

/** `limen run`, with a console. */
export async function startOwnConsole(
  t: ExecutionContext,
  site: TestSite,
  changes: Record<string, unknown> = {},
): Promise<OwnConsole> {
  t.teardown(() => site.close());
  const terminal = site.startTerminal({ console: { port: 0 }, ...changes });
  let said = '';
  terminal.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const at = /open (http:\/\/[\d.:]+)\/#code=([\w-]+)/;
  await until(() => at.test(said));
  const [, url, code] = at.exec(said)!;
  return { url: url!.replace('127.0.0.1', 'localhost'), code: code!, terminal };
}
