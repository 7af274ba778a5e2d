import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** How one request is answered; the last of a list goes for all that follow. */
export type Behaviour =
  | { readonly kind: 'whole' }
  | { readonly kind: 'no-ranges' }
  /** The connection breaks after this many bytes of the answer, once a busy client has had time to take them in. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'silent'; readonly afterBytes: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'other'; readonly content: Uint8Array };

/** A server of files, and what it was asked for. */
export interface FileServer {
  readonly url: string;
  /** `GET /name` with the range that was asked for. */
  readonly asked: string[];
}

/** A real HTTP server on a free port, closed with the test. Files are asked for by the last part of the path. */
export async function serveFiles(
  t: ExecutionContext,
  files: Readonly<Record<string, Uint8Array>>,
  behaviours: readonly Behaviour[] = [{ kind: 'whole' }],
): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const behaviour = behaviours[Math.min(asked.length, behaviours.length - 1)] as Behaviour;
    asked.push(`${request.url}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    answer(request, response, { content: files[(request.url ?? '').split('/').at(-1) ?? ''], behaviour });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { content, behaviour }: { content: Uint8Array | undefined; behaviour: Behaviour },
): void {
  if (behaviour.kind === 'status') {
    response.writeHead(behaviour.status).end('no');
    return;
  }
  const whole = behaviour.kind === 'other' ? behaviour.content : content;
  if (whole === undefined) {
    response.writeHead(404).end('not here');
    return;
  }
  const from = behaviour.kind === 'no-ranges' ? 0 : Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= whole.length) {
    response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
    return;
  }
  const part = whole.subarray(from);
  const range = { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` };
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length, ...(from > 0 && range) });
  if (behaviour.kind === 'cut')
    response.write(part.subarray(0, behaviour.afterBytes), () => setTimeout(() => response.destroy(), 300));
  else if (behaviour.kind === 'silent') response.write(part.subarray(0, behaviour.afterBytes));
  else response.end(part);
}
