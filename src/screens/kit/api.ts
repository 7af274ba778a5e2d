/** What the server says of a request that it refused. */
export class RefusedError extends Error {
  readonly status: number;
  readonly code: string;
  /** How to mend it, where the server knows. */
  readonly hint: string | undefined;

  constructor(status: number, { code, message, hint }: { code: string; message: string; hint?: string }) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** How a request differs from a plain GET. */
export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a FormData or a Blob is sent as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Ask the server; its JSON answer.
 *
 * @throws RefusedError with the server's own words, or `offline` where it does not answer
 */
export async function ask<Answer>(path: string, { method = 'GET', body, signal }: Asking = {}): Promise<Answer> {
  const isRaw = body instanceof FormData || body instanceof Blob;
  const response = await fetch(path, {
    method,
    ...(signal && { signal }),
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
    // A form of another site cannot send this header without being asked first: no CSRF.
    headers: { 'x-limen': '1', ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }) },
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new RefusedError(0, { code: 'offline', message: 'limen does not answer.' });
  });
  const answer = await response.json().catch((error: unknown) => {
    // Nobody wants it any more: half an answer is none.
    if (signal?.aborted) throw error;
    return null;
  });
  if (response.ok) return answer as Answer;
  throw new RefusedError(response.status, answer ?? { code: 'internal', message: response.statusText });
}
