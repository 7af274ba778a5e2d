/** What was opened, to be closed in the reverse order. (`AsyncDisposableStack`, which Node 20 lacks.) */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Close everything, also when one of them fails. @throws the first failure, after all have had their turn. */
  async closeAll(): Promise<void> {
    let failure: unknown;
    let failed = false;
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
    if (failed) throw failure;
  }
}
