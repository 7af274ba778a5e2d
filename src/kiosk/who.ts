/** How somebody who is let in is named. */
export type NameStyle = 'name' | 'initials' | 'none';

const mostInitials = 3;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The name as the screen shows it: `Nguyễn Văn An`, `NVA`, or `null` for nothing. */
export function shownName(name: string, style: NameStyle): string | null {
  if (style === 'none') return null;
  if (style === 'name') return name;
  const words = name.split(/[\s-]+/).filter((word) => word !== '');
  // A letter may be several code points, as a Vietnamese one with its marks.
  const letters = words.map((word) => [...graphemes.segment(word)][0]?.segment.toLocaleUpperCase() ?? '');
  const shown = letters.length > mostInitials ? [...letters.slice(0, mostInitials - 1), ...letters.slice(-1)] : letters;
  return shown.join('') || null;
}
