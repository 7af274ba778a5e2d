/** What a report says, before anybody decides whether it becomes a page or lines in a terminal. Never a picture or a name. */
export interface Report {
  readonly title: string;
  /** What was looked at and with what: label and text. */
  readonly facts: ReadonlyArray<readonly [label: string, text: string]>;
  /** The few figures to remember. */
  readonly headlines: readonly Headline[];
  /** Plain sentences for somebody who has never heard of a ROC curve. */
  readonly summary: readonly string[];
  readonly sections: readonly Section[];
}

/** One large figure. */
export interface Headline {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

export interface Section {
  readonly heading: string;
  /** How to read what follows. */
  readonly explain: string;
  readonly charts?: readonly Chart[];
  readonly tables: readonly Table[];
}

/** A text, or a figure with its interval. */
export type Cell = string | readonly [figure: string, interval: string];

/** The first cell of each row is its label. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly Cell[]>;
  readonly note?: string;
}

/** Lines over two axes. */
export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** Areas below steps instead of lines: for distributions. */
  readonly filled?: boolean;
}

export interface Axis {
  readonly label: string;
  readonly logarithmic?: boolean;
  readonly percent?: boolean;
  /** Begin at 0, however far away the data are. */
  readonly fromZero?: boolean;
}

/** Points with rising x; a point with a `null` is a gap. */
export interface Line {
  readonly label: string;
  readonly points: ReadonlyArray<readonly [x: number, y: number | null]>;
  /** The interval around it, drawn as a shade. */
  readonly band?: ReadonlyArray<readonly [x: number, low: number, high: number]>;
}
