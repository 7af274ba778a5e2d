/** Where Home Assistant reads and speaks. Unsigned and unencrypted, so apart from everything that limen itself listens to. */
export interface HomeAssistantTopics {
  /** Retained: what the device consists of. */
  readonly discovery: string;
  /** Retained, JSON: everything that changes. */
  readonly state: string;
  /** Retained: `online` or `offline`. */
  readonly availability: string;
  /** Retained, JSON: who was let in last; only where the site allows it. */
  readonly attributes: string;
  /** From Home Assistant: `LOCK` or `UNLOCK`. */
  readonly set: string;
}

/** The topics of one terminal. */
export function homeAssistantTopics(site: string, terminal: string, prefix: string): HomeAssistantTopics {
  const root = `limen/${site}/home-assistant/${terminal}`;
  return {
    // Home Assistant takes letters, digits, "_" and "-" here; an id of limen may hold a dot.
    discovery: `${prefix}/device/${nodeId(site, terminal)}/config`,
    state: `${root}/state`,
    availability: `${root}/availability`,
    attributes: `${root}/attributes`,
    set: `${root}/set`,
  };
}

/** What a terminal is called at Home Assistant: two of them never get one name. */
export function nodeId(site: string, terminal: string): string {
  const plain = (id: string) => id.replace(/[^A-Za-z0-9-]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}`);
  return `limen_${plain(site)}_${plain(terminal)}`;
}

/** Commands of every terminal of a site. */
export function everySet(site: string): string {
  return `limen/${site}/home-assistant/+/set`;
}

/** Whom a command is for; `null` for another topic. */
export function terminalOfSet(site: string, topic: string): string | null {
  const [, terminal] = /^limen\/[^/]+\/home-assistant\/([\w-][\w.-]{0,63})\/set$/.exec(topic) ?? [];
  return terminal !== undefined && topic === `limen/${site}/home-assistant/${terminal}/set` ? terminal : null;
}
