import type { Books } from '../../src/hub/database.ts';

/** What one hub's books are to take in. */
export interface Job {
  readonly books: Books;
  readonly folder: string;
  readonly people: number;
}

/** How far the import is. */
export interface Point {
  readonly punches: number;
  readonly importMs: number;
  /** Of the hub's process; a server's is not in it. */
  readonly importCpuMs: number;
  /** Of the hub's process, now. */
  readonly rssMb: number;
}

/** What it came to. */
export interface Done extends Point {
  readonly reportMs: number;
  readonly reportCpuMs: number;
  readonly people: number;
  readonly workedHours: number;
  /** The import by tenths of the year. */
  readonly curve: readonly Point[];
}

/** What the process of the books says. `rssMb` of what is done is the most that it ever had. */
export type Said =
  | { readonly kind: 'progress'; readonly point: Point }
  | { readonly kind: 'done'; readonly done: Done };
