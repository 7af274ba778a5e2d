import { isCollection, isMap, isNode, isPair, isScalar, type Node, parseDocument, stringify, type YAMLMap } from 'yaml';

/**
 * A configuration's text with another `recognition.pack`, and not one other character changed: yaml's own printing would
 * move comments that somebody placed with care.
 */
export function withPacks(text: string, packs: readonly string[]): string {
  const [first, ...more] = packs.map((name) => stringify(name).trim());
  const value = more.length === 0 ? (first as string) : `[${[first, ...more].join(', ')}]`;
  const { contents } = parseDocument(text);
  const section = pairIn(contents, 'recognition');
  const setting = pairIn(section?.value, 'pack');
  if (isNode(setting?.value) && setting.value.range) {
    const [start, end] = setting.value.range;
    const lineEnd = text.slice(start, end).endsWith('\n') ? '\n' : '';
    return text.slice(0, start) + value + lineEnd + text.slice(end);
  }
  if (section === null) return `${text.replace(/\n*$/, '\n')}\nrecognition:\n  pack: ${value}\n`;
  if (isCollection(section.value) && section.value.flow) {
    const open = section.value.range?.[0] ?? 0;
    const others = section.value.items.length > 0 ? ', ' : ' ';
    return `${text.slice(0, open + 1)} pack: ${value}${others}${text.slice(open + 1).trimStart()}`;
  }
  const at = text.indexOf('\n', section.key.range?.[1]) + 1 || text.length;
  const before = text.slice(0, at).endsWith('\n') ? text.slice(0, at) : `${text}\n`;
  return `${before}${indentOf(section.value, text)}pack: ${value}\n${text.slice(at)}`;
}

function pairIn(map: unknown, name: string): { key: Node; value: unknown } | null {
  if (!isMap(map)) return null;
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return pair && isNode(pair.key) ? { key: pair.key, value: pair.value } : null;
}

/** How the keys of a section are indented. */
function indentOf(section: unknown, text: string): string {
  const [pair] = isMap(section) ? (section as YAMLMap).items : [];
  if (!isPair(pair) || !isNode(pair.key) || !pair.key.range) return '  ';
  const [start] = pair.key.range;
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
}
