import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ExecutionContext } from 'ava';

/** A connection that keeps a server waiting. */
export interface Idler {
  /** Resolves when it was cut off. */
  readonly cut: Promise<void>;
}

/** What somebody may send, and then nothing more. */
export const idlers = {
  nothing: '',
  'half of the headers': 'GET / HTTP/1.1\r\nhost: localh',
  'half of a body':
    'POST /api/session HTTP/1.1\r\nhost: localhost\r\nx-limen: 1\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"na',
} as const;

/** How somebody idles. */
export interface Idling {
  readonly sends: string;
  /** `false`: does not even shake hands. */
  readonly isEncrypted?: boolean;
  /** What they wait for before they idle. */
  readonly answer?: RegExp;
  /** Whether they read what else comes. */
  readonly reads?: boolean;
}

/** Connect, send this, wait for `answer` where there is one, and do nothing more. */
export async function idle(
  t: ExecutionContext,
  url: string,
  { sends, isEncrypted = true, answer, reads = true }: Idling,
): Promise<Idler> {
  const { hostname: host, port, protocol } = new URL(url);
  const at = { host, port: Number(port) };
  const encrypts = protocol === 'https:' && isEncrypted;
  const socket = encrypts ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  const cut = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise((resolve) => socket.once(encrypts ? 'secureConnect' : 'connect', resolve));
  socket.write(sends);
  let text = '';
  for await (const chunk of answer === undefined ? [] : socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (answer?.test(text)) break;
  }
  if (reads) socket.resume();
  else socket.pause();
  return { cut };
}

/** Everybody of {@link idlers}, and where it is encrypted somebody who does not even shake hands. */
export async function everyIdler(t: ExecutionContext, url: string): Promise<Idler[]> {
  const kinds = Object.values(idlers).map((sends) => idle(t, url, { sends }));
  return Promise.all([...kinds, idle(t, url, { sends: '', isEncrypted: false })]);
}
