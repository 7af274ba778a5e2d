import { longestLine } from './reader.ts';

/** Lines out of bytes that come in pieces: ended by CR, LF or both; empty ones and overlong ones are left out. */
export class LineSplitter {
  #rest = '';
  #overlong = false;

  /** The lines that these bytes complete. */
  push(chunk: Uint8Array | string): string[] {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
    const pieces = text.split(/[\r\n]/);
    const lines: string[] = [];
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) this.#end(lines);
      this.#rest += piece;
      if (this.#rest.length <= longestLine) continue;
      this.#overlong = true;
      this.#rest = '';
    }
    return lines;
  }

  #end(lines: string[]): void {
    const line = this.#rest.trim();
    if (!this.#overlong && line !== '') lines.push(line);
    this.#rest = '';
    this.#overlong = false;
  }
}
