/**
 * A mailbox with one slot between a camera that pushes and a consumer that pulls: the latest item wins.
 * What is not fetched in time is replaced, so a slow consumer misses items and never gets old ones.
 */
export class Latest<T> {
  #slot: { readonly item: T } | null = null;
  #end: { readonly failure: { readonly error: unknown } | null } | null = null;
  #wake: () => void = () => {};

  /** Offer an item; one still waiting is dropped and returned. After the end the offered item itself is. */
  put(item: T): T | null {
    if (this.#end) return item;
    const dropped = this.#slot?.item ?? null;
    this.#slot = { item };
    this.#wake();
    return dropped;
  }

  /** No more items: the one still waiting is delivered, then the iteration ends. */
  end(): void {
    this.#close(null);
  }

  /** As {@link end}, but the iteration ends by throwing `error`. The first end counts. */
  fail(error: unknown): void {
    this.#close({ error });
  }

  /** The items for one consumer, until the end or until `signal` aborts; an abort ends it at once, without an error. */
  async *items(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const onAbort = () => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const waiting = this.#slot;
        if (waiting) {
          this.#slot = null;
          yield waiting.item;
        } else if (this.#end) {
          if (this.#end.failure) throw this.#end.failure.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #close(failure: { readonly error: unknown } | null): void {
    this.#end ??= { failure };
    this.#wake();
  }
}
