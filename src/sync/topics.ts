import { idPattern } from '../domain/person.ts';
import { bucketName, bucketOf } from './digest.ts';

/** What a topic below `limen/<site>` means. */
export type Topic =
  | { readonly kind: 'head' }
  | { readonly kind: 'rules' }
  | { readonly kind: 'person' | 'change'; readonly personId: string }
  | { readonly kind: 'list'; readonly bucket: string }
  | { readonly kind: 'want'; readonly terminal: string }
  | { readonly kind: 'roster' }
  | { readonly kind: 'status' | 'event' | 'ack' | 'command' | 'result' | 'keys'; readonly terminal: string };

/** The topics and filters of one site. Every id in them matches {@link idPattern}, so none can hold a wildcard or a slash. */
export interface Topics {
  readonly head: string;
  readonly rules: string;
  readonly roster: string;
  readonly everyChange: string;
  readonly everyWant: string;
  readonly everyEvent: string;
  readonly everyStatus: string;
  readonly everyResult: string;
  /** Kept by the broker; below its bucket, so that a terminal can ask for what it lacks and nothing else. */
  person(personId: string): string;
  /** The same record at the moment it changes, for whoever is there. */
  change(personId: string): string;
  list(bucket: string): string;
  everyoneIn(bucket: string): string;
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
    everyChange: `${root}/gallery/change/+`,
    everyWant: `${root}/gallery/want/+`,
    everyEvent: `${root}/terminal/+/event`,
    everyStatus: `${root}/terminal/+/status`,
    everyResult: `${root}/terminal/+/result`,
    person: (id) => `${root}/gallery/person/${bucketName(bucketOf(id))}/${id}`,
    change: (id) => `${root}/gallery/change/${id}`,
    list: (bucket) => `${root}/gallery/list/${bucket}`,
    everyoneIn: (bucket) => `${root}/gallery/person/${bucket}/+`,
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

/** A filter that all hub processes share: MQTT 5 gives each message to one of them. What is retained does not come on it. */
export function sharedByHubs(filter: string): string {
  return `$share/limen-hub/${filter}`;
}

/** Does an MQTT topic filter (`+` one level, `#` the rest, perhaps shared) cover a topic? */
export function filterMatches(filter: string, topic: string): boolean {
  return filterLevels(filter)(topic.split('/'));
}

/** {@link filterMatches} for the many: asked with the levels of a topic. */
export function filterLevels(filter: string): (topic: readonly string[]) => boolean {
  const wanted = filter.replace(/^\$share\/[^/]+\//, '').split('/');
  const open = wanted.indexOf('#');
  const fixed = open < 0 ? wanted.length : open;
  return (given) => {
    if (open < 0 ? given.length !== fixed : given.length < fixed) return false;
    // From behind: what filters differ in is at the end.
    for (let i = fixed - 1; i >= 0; i--) if (wanted[i] !== '+' && wanted[i] !== given[i]) return false;
    return true;
  };
}

function parseBelow(levels: readonly string[]): Topic | null {
  const [branch, first = '', second = ''] = levels;
  if (branch === 'gallery') return parseGallery(levels.slice(1));
  if (branch === 'terminals') return levels.length === 1 ? { kind: 'roster' } : null;
  if (branch === 'access') return levels.length === 2 && first === 'rules' ? { kind: 'rules' } : null;
  const kind = terminalKinds.find((name) => name === second);
  if (branch !== 'terminal' || levels.length !== 3 || !idPattern.test(first) || kind === undefined) return null;
  return { kind, terminal: first };
}

function parseGallery(levels: readonly string[]): Topic | null {
  const [kind, first = '', id = ''] = levels;
  if (levels.length === 1 && kind === 'head') return { kind };
  if (levels.length === 3 && kind === 'person' && idPattern.test(id)) {
    return first === bucketName(bucketOf(id)) ? { kind, personId: id } : null;
  }
  if (levels.length !== 2 || !idPattern.test(first)) return null;
  if (kind === 'change') return { kind, personId: first };
  if (kind === 'want') return { kind, terminal: first };
  return kind === 'list' && /^[0-9a-f]{2}$/.test(first) ? { kind, bucket: first } : null;
}
