import { idPattern } from '../domain/person.ts';

/** What a topic below `limen/<site>` means. */
export type Topic =
  | { readonly kind: 'head' }
  | { readonly kind: 'rules' }
  | { readonly kind: 'person'; readonly personId: string }
  | { readonly kind: 'want'; readonly terminal: string }
  | { readonly kind: 'roster' }
  | { readonly kind: 'status' | 'event' | 'ack' | 'command' | 'result' | 'keys'; readonly terminal: string };

/** The topics and filters of one site. Every id in them matches {@link idPattern}, so none can hold a wildcard or a slash. */
export interface Topics {
  readonly head: string;
  readonly rules: string;
  readonly roster: string;
  readonly everyPerson: string;
  readonly everyWant: string;
  readonly everyEvent: string;
  readonly everyStatus: string;
  readonly everyResult: string;
  person(personId: string): string;
  want(terminal: string): string;
  status(terminal: string): string;
  event(terminal: string): string;
  ack(terminal: string): string;
  command(terminal: string): string;
  result(terminal: string): string;
  keys(terminal: string): string;
  /** What a topic means, or `null` when it is not one of this site's. */
  parse(topic: string): Topic | null;
}

const terminalKinds = ['status', 'event', 'ack', 'command', 'result', 'keys'] as const;

/** The topics of `site`, rooted at `limen/<site>`. */
export function topicsOf(site: string): Topics {
  const root = `limen/${site}`;
  const terminal = (kind: string) => (id: string) => `${root}/terminal/${id}/${kind}`;
  return {
    head: `${root}/gallery/head`,
    rules: `${root}/access/rules`,
    roster: `${root}/terminals`,
    everyPerson: `${root}/gallery/person/+`,
    everyWant: `${root}/gallery/want/+`,
    everyEvent: `${root}/terminal/+/event`,
    everyStatus: `${root}/terminal/+/status`,
    everyResult: `${root}/terminal/+/result`,
    person: (id) => `${root}/gallery/person/${id}`,
    want: (id) => `${root}/gallery/want/${id}`,
    status: terminal('status'),
    event: terminal('event'),
    ack: terminal('ack'),
    command: terminal('command'),
    result: terminal('result'),
    keys: terminal('keys'),
    parse: (topic) => (topic.startsWith(`${root}/`) ? parseBelow(topic.slice(root.length + 1).split('/')) : null),
  };
}

/** Does an MQTT topic filter (`+` one level, `#` the rest) cover a topic? */
export function filterMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (given[i] === undefined || (level !== '+' && level !== given[i])) return false;
  }
  return wanted.length === given.length;
}

function parseBelow(levels: readonly string[]): Topic | null {
  const [branch, first = '', second = ''] = levels;
  if (branch === 'gallery') {
    if (levels.length === 2 && first === 'head') return { kind: 'head' };
    if (levels.length !== 3 || !idPattern.test(second)) return null;
    if (first === 'person') return { kind: 'person', personId: second };
    if (first === 'want') return { kind: 'want', terminal: second };
    return null;
  }
  if (branch === 'terminals') return levels.length === 1 ? { kind: 'roster' } : null;
  if (branch === 'access') return levels.length === 2 && first === 'rules' ? { kind: 'rules' } : null;
  const kind = terminalKinds.find((name) => name === second);
  if (branch !== 'terminal' || levels.length !== 3 || !idPattern.test(first) || kind === undefined) return null;
  return { kind, terminal: first };
}
