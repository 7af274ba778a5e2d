import { connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

/** How a line is: it carries everything, swallows everything without a word, lets nobody in, or answers the next stream with an error. */
type State = 'carries' | 'swallows' | 'refuses' | 'fails once';

/** A line between a browser and a server, on which a test does what networks and proxies do. */
export interface Line {
  readonly url: string;
  /** From now on; whoever is connected stays so. */
  become(state: State): void;
  /** End every connection. */
  cut(): void;
}

const failure = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A line to the server at this address. */
export async function lineTo(t: ExecutionContext, address: string): Promise<Line> {
  let state: State = 'carries';
  const ends = new Set<Socket>();
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  const server = createServer((near) => {
    if (state === 'refuses') return near.destroy();
    const far = connect(Number(new URL(address).port), '127.0.0.1');
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
    near.on('data', (bytes) => {
      if (state === 'fails once' && bytes.toString('latin1').startsWith('GET /api/live')) {
        state = 'carries';
        near.end(failure);
      } else if (state !== 'swallows') far.write(bytes);
    });
    far.on('data', (bytes) => state !== 'swallows' && near.write(bytes));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.close();
    cut();
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    become: (next) => {
      state = next;
    },
    cut,
  };
}
