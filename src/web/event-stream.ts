import type { FastifyReply } from 'fastify';

/** How much may wait for a viewer who does not read. */
const mostBufferedBytes = 64 * 1024;

/** How often is said that the server is there, so that a dead connection is noticed by both sides. */
const usualBeatMs = 15_000;
const beat = textOf({ type: 'beat' });

/**
 * Server-sent events to any number of browsers (HTML Living Standard, §9.2). A slow viewer never holds anything up: one who
 * has 64 KB unread is disconnected, comes back by itself, and is told everything anew by `greeting`. Whoever hears neither a
 * message nor a `beat` for much longer than 15 seconds is cut off, and does well to come back.
 */
export class EventStream<Message extends { readonly type: string }> {
  readonly #viewers = new Set<FastifyReply['raw']>();
  readonly #greeting: () => readonly Message[];
  readonly #onWatched: (isWatched: boolean) => void;
  readonly #beatMs: number;

  /**
   * @param options.greeting what somebody who joins is told first: the state as it is now
   * @param options.onWatched told when the first one joins, and when the last one has left
   * @param options.beatMs 15 seconds unless said otherwise
   */
  constructor(options: {
    greeting: () => readonly Message[];
    onWatched?: (isWatched: boolean) => void;
    beatMs?: number;
  }) {
    this.#greeting = options.greeting;
    this.#onWatched = options.onWatched ?? (() => {});
    this.#beatMs = options.beatMs ?? usualBeatMs;
  }

  /** How many watch. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /** Tell everybody. Costs nothing when nobody watches. */
  tell(message: Message): void {
    if (this.#viewers.size === 0) return;
    const text = textOf(message);
    for (const viewer of this.#viewers) {
      if (viewer.writableLength > mostBufferedBytes) viewer.destroy();
      else viewer.write(text);
    }
  }

  /** Turn a request into a stream; it ends when the browser or the server closes it. */
  join(reply: FastifyReply): void {
    // Whatever Fastify's hooks have set, such as the security headers, goes with it.
    for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '');
    reply.hijack();
    const viewer = reply.raw;
    viewer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    for (const message of this.#greeting()) viewer.write(textOf(message));
    this.#viewers.add(viewer);
    if (this.#viewers.size === 1) this.#onWatched(true);
    const beating = setInterval(() => viewer.write(beat), this.#beatMs);
    viewer.on('close', () => {
      clearInterval(beating);
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#onWatched(false);
    });
  }

  /** Disconnect everybody. */
  close(): void {
    for (const viewer of this.#viewers) viewer.destroy();
  }
}

function textOf(message: { readonly type: string }): string {
  return `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
}
