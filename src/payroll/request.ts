import { messageOf } from '../domain/errors.ts';
import type { Later } from './target.ts';

/** What is asked of a server. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** An answer that is about what was asked. */
export interface Reply {
  readonly outcome: 'reply';
  readonly status: number;
  readonly text: string;
}

/** More than any answer that means something. */
const mostBytes = 1_000_000;

/**
 * Ask a server, and tell an answer from trouble that will pass or that somebody has to mend. Redirections are not
 * followed: what is told is about people, and goes where the configuration says.
 */
export async function ask(request: Request): Promise<Reply | Later> {
  const { url, timeoutMs, signal, ...rest } = request;
  let response: Response;
  let text: string;
  // Held until the answer is there: what only `any` knows of is collected as garbage on Node 20, and then never ends anything.
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    response = await fetch(url, { ...rest, redirect: 'manual', signal: AbortSignal.any([signal, timeout]) });
    text = (await response.text()).slice(0, mostBytes);
  } catch (error) {
    return unreachable(timeout.aborted && !signal.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error));
  }
  const { status, statusText } = response;
  const said = `${status} ${statusText}`.trim();
  if (status >= 300 && status < 400) return denied(`it answers ${said}, and redirections are not followed`);
  if (status === 401 || status === 403) return denied(`it answers ${said}`);
  if (status === 408 || status === 425 || status === 429)
    return { ...unreachable(`it answers ${said}`), afterMs: retryAfterMs(response) };
  if (status >= 500)
    return { ...unreachable(`it answers ${said}`), afterMs: retryAfterMs(response), aboutItem: status === 500 };
  return { outcome: 'reply', status, text };
}

/** Trouble that will pass by itself. */
export function unreachable(why: string): Later {
  return { outcome: 'later', code: 'payroll.unreachable', why, afterMs: null, aboutItem: false };
}

/** Trouble that somebody has to mend. */
export function denied(why: string): Later {
  return { outcome: 'later', code: 'payroll.denied', why, afterMs: null, aboutItem: false };
}

/** fetch says "fetch failed", and its cause says why. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return cause === undefined ? messageOf(error) : messageOf(cause) || messageOf(error);
}

/** Seconds or a date (RFC 9110); `null` where nothing is asked. */
function retryAfterMs({ headers }: Response): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
