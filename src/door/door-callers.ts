interface Caller {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for an answer of the door, each with a ticket; a ticket is answered once. */
export class DoorCallers {
  readonly #waiting = new Map<number, Caller>();
  #nextTicket = 1;

  /** What `start` begins is answered, some time, by {@link resolve} or {@link reject} of its ticket. */
  wait(start: (ticket: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const ticket = this.#nextTicket++;
      this.#waiting.set(ticket, { resolve, reject });
      start(ticket);
    });
  }

  /** `null` is nobody's ticket. */
  resolve(ticket: number | null): void {
    this.#take(ticket)?.resolve();
  }

  reject(ticket: number | null, error: unknown): void {
    this.#take(ticket)?.reject(error);
  }

  #take(ticket: number | null): Caller | undefined {
    if (ticket === null) return undefined;
    const caller = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return caller;
  }
}
