/** Which events; what is left out does not matter. */
export interface WantedEvents {
  /** Any of these kinds; `door.*` is every kind that begins so. */
  readonly kinds?: readonly string[] | undefined;
  readonly personId?: string | undefined;
  /** By the terminal's clock, `from` included and `to` not. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Which rows are looked at: those numbered above `after` and below `before`. */
export interface RowsBetween {
  readonly after: number;
  readonly before: number;
  /** Which come first, and of which there are `limit` at most. */
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
}

/** What is wanted, as conditions of an SQL statement, and their values. */
export function inSql({ kinds, personId, from, to }: WantedEvents): {
  readonly sql: string;
  readonly values: string[];
} {
  const tests: string[] = [];
  const values: string[] = [];
  const demand = (test: string, ...more: string[]) => {
    tests.push(test);
    values.push(...more);
  };
  // Kinds are of small letters, dots and dashes: GLOB knows no sign of them but the star at the end.
  if (kinds !== undefined) demand(`(${kinds.map(() => 'kind GLOB ?').join(' OR ')})`, ...kinds);
  // Bodies are canonical JSON, a member has one form: what does not hold it need not be parsed.
  if (personId !== undefined)
    demand(
      "instr(body, ?) > 0 AND json_extract(body, '$.personId') = ?",
      `"personId":${JSON.stringify(personId)}`,
      personId,
    );
  if (from !== undefined) demand('at >= ?', from.toISOString());
  if (to !== undefined) demand('at < ?', to.toISOString());
  return { sql: tests.map((test) => ` AND ${test}`).join(''), values };
}
