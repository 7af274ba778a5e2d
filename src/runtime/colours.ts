import pc from 'picocolors';

/** Colours for standard output, and for standard error: either may be a file while the other is a terminal. */
export const colours = pc.createColors(wantsColour(process.stdout));
export const errorColours = pc.createColors(wantsColour(process.stderr));

/**
 * Only where somebody looks: on a terminal, unless NO_COLOR says no (no-color.org). FORCE_COLOR asks for them anyway.
 * picocolors' own guess also colours the logs of build servers, where a search for a word then fails.
 */
function wantsColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}
