import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';

/** What is asked of a server. */
export interface BodyRequest {
  readonly url: string;
  /** First byte that is wanted. */
  readonly from: number;
  /** Bytes of the whole file. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** A server that sends nothing for this long is given up. */
  readonly silenceMs: number;
}

/** What the server sends. */
export interface OpenedBody {
  /** Where it begins: 0 although more was asked for, when the server knows no ranges. */
  readonly from: number;
  /** Throws `pack.unreachable` when the connection breaks or falls silent. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Ask a server for a file from some byte on.
 *
 * No validator (`If-Range`) goes with the range: a file that was changed in between would fail its sha256, and that is
 * asked for anyway.
 *
 * @throws LimenError `pack.unreachable` for what may be better in a moment, `pack.missing` for what the server will not
 *   give, `pack.tampered` for a file of another size.
 */
export async function openBody(request: BodyRequest): Promise<OpenedBody> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), request.silenceMs);
  const signal = AbortSignal.any([request.signal, silence.signal]);
  const again = (from: number) => openBody({ ...request, from });
  try {
    const response = await ask(request, signal);
    const from = startOf(response);
    if (request.from > 0 && (response.status === 416 || (from > 0 && from !== request.from))) {
      await response.body?.cancel();
      return await again(0);
    }
    assertGiven(response, request);
    assertSize(response, { ...request, from });
    return { from, body: chunksOf(response, { request, timer }) };
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

async function ask({ url, from }: BodyRequest, signal: AbortSignal): Promise<Response> {
  // Compressed, the bytes could neither be counted nor taken up in the middle.
  const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
  try {
    return await fetch(url, { headers, signal });
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

/** The first byte of a 206; 0 for the whole file. */
function startOf({ status, headers }: Response): number {
  if (status !== 206) return 0;
  return Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
}

function assertGiven({ status, statusText }: Response, { url }: BodyRequest): void {
  if (status === 200 || status === 206) return;
  const says = `${url} answers ${status} ${statusText}`.trim();
  if (status >= 500 || status === 408 || status === 429) throw new LimenError('pack.unreachable', `${says}.`);
  throw new LimenError('pack.missing', `${says}.`, {
    hint: 'The file is not there any more, or not for everybody. Copy it by hand from somebody who has it: --from FOLDER.',
  });
}

function assertSize({ headers }: Response, { url, from, bytes }: BodyRequest): void {
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding') || from + Number(length) === bytes) return;
  throw new LimenError('pack.tampered', `${url} has ${from + Number(length)} bytes and should have ${bytes}.`, {
    hint: 'It was not used. Is there a page in between that wants a login? Otherwise copy the file by hand: --from FOLDER.',
  });
}

async function* chunksOf(
  { body }: Response,
  { request, timer }: { request: BodyRequest; timer: NodeJS.Timeout },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body ?? []) {
      timer.refresh();
      yield chunk;
    }
  } catch (cause) {
    throw unreachable(request.url, cause);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(url: string, cause: unknown): LimenError {
  // fetch says "fetch failed" and keeps what happened one level down.
  const reason = (cause as { cause?: unknown } | null)?.cause ?? cause;
  const says = systemCodeOf(reason) ?? messageOf(reason);
  return new LimenError('pack.unreachable', `${url} cannot be fetched: ${says}.`, { hint: offlineHint(), cause });
}

/** What to do without a network, or behind a proxy. */
function offlineHint(): string {
  const { env, version } = process;
  const proxy = env.HTTPS_PROXY ?? env.https_proxy ?? env.HTTP_PROXY ?? env.http_proxy;
  const byHand =
    'Fetch the addresses that `limen models list --json` shows on another machine, copy the files into a folder, ' +
    'and run this again with --from FOLDER.';
  if (proxy === undefined || env.NODE_USE_ENV_PROXY === '1') return byHand;
  return `Node ${version} does not use the proxy of the environment by itself: Node 24 does with NODE_USE_ENV_PROXY=1. ${byHand}`;
}
