import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { type HubKeyring, openHubKeyring } from '../../src/hub/hub-keyring.ts';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { provisionTerminal } from '../../src/hub/provision.ts';
import { type TerminalBooks, terminalBooks } from '../../src/hub/terminal-books.ts';
import { provisionFile } from '../../src/hub-provisioner.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { writeDurable } from '../../src/runtime/durable-file.ts';
import { sealer } from '../../src/sync/envelope.ts';
import { importSigning } from '../../src/sync/keys.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { provisionedFileIn } from '../../src/sync/provisioned-file.ts';
import type { Provisioning } from '../../src/sync/provisioning.ts';
import type { KnownTerminal, Registry } from '../../src/sync/roster.ts';
import { terminalOpener, terminalSealer } from '../../src/sync/terminal-envelope.ts';
import { openTerminalKeyring, type TerminalKeyring } from '../../src/sync/terminal-keyring.ts';
import { temporaryFolder } from './sync.ts';

/** The keys of one site in a test: the hub's, and those of its terminals, which are provisioned when they are asked for. */
export class SiteKeys implements Registry {
  readonly file: string;
  readonly hub: HubKeyring;
  readonly #folder: string;
  readonly #documents = new Map<string, Provisioning>();
  readonly #rings = new Map<string, Promise<TerminalKeyring>>();
  readonly #books: TerminalBooks[] = [];

  constructor(folder: string, hub: HubKeyring, file: string) {
    this.#folder = folder;
    this.hub = hub;
    this.file = file;
  }

  /** Put the terminals of this site into a hub's books: those there are, and those to come. */
  async attach(store: HubStore): Promise<TerminalBooks> {
    const books = terminalBooks(store.db);
    this.#books.push(books);
    for (const name of this.#documents.keys()) await this.#book(books, name);
    return books;
  }

  /** What a terminal holds; the same for a terminal of the same name, also after a restart. */
  terminal(name: string): Promise<TerminalKeyring> {
    const ring = this.#rings.get(name) ?? this.#provision(name);
    this.#rings.set(name, ring);
    return ring;
  }

  /** The same from the disk, as after a restart. */
  async reopened(name: string): Promise<TerminalKeyring> {
    await this.terminal(name);
    const ring = openTerminalKeyring(this.identity(name)) as Promise<TerminalKeyring>;
    this.#rings.set(name, ring);
    return ring;
  }

  identity(name: string) {
    return { site: 'plant', terminal: name, dataFolder: join(this.#folder, name) };
  }

  async sealer(name: string) {
    return terminalSealer(await this.terminal(name));
  }

  /** Opens what any terminal of this site seals. */
  get opener() {
    return terminalOpener(this.hub, this);
  }

  /** Who the terminals are, as the hub says it. */
  roster(): Promise<string> {
    const entries = [...this.#documents].map(([id, { keys }]) => [id, { key: keys.signing.x }]);
    const issuedAt = new Date().toISOString();
    const roster = {
      format: wireFormat,
      site: 'plant',
      version: 1,
      issuedAt,
      terminals: Object.fromEntries(entries),
    } as const;
    return sealer(this.hub).roster(roster);
  }

  async find(terminal: string): Promise<KnownTerminal | null> {
    const document = this.#documents.get(terminal);
    if (document === undefined) return null;
    const { d: _secret, ...key } = document.keys.signing;
    return { id: terminal, keys: [await importSigning(key)], revoked: false };
  }

  async #provision(name: string): Promise<TerminalKeyring> {
    const { dataFolder } = this.identity(name);
    const broker = { url: 'mqtt://127.0.0.1:1883', protocol: '3.1.1' } as const;
    const books = this.#books[0] ?? nobody;
    await provisionTerminal(
      { site: 'plant', terminal: name, broker, keyring: this.hub, books, clock: systemClock },
      async (document) => {
        const { mkdir } = await import('node:fs/promises');
        await mkdir(dataFolder, { recursive: true });
        await writeDurable(provisionedFileIn(dataFolder), JSON.stringify(document));
        this.#documents.set(name, document);
      },
    );
    for (const other of this.#books.slice(1)) await this.#book(other, name);
    return (await openTerminalKeyring(this.identity(name))) as TerminalKeyring;
  }

  async #book(books: TerminalBooks, name: string): Promise<void> {
    const { keys, issuedAt } = this.#documents.get(name)!;
    if ((await books.all()).some(({ id }) => id === name)) return;
    const held = { sequence: keys.sequence, hub: [...this.hub.valid.hub], site: [...this.hub.valid.site] };
    await books.add({
      ...{
        id: name,
        signing: keys.signing.x,
        agreement: keys.agreement.x,
        provisionedAt: issuedAt,
        revokedAt: null,
        held,
      },
      sealed: { sequence: keys.sequence, text: '' },
    });
  }
}

/** Books of a hub that was not started. */
const nobody: TerminalBooks = {
  all: async () => [],
  find: async () => null,
  add: async () => {},
  revoke: async () => {},
  offered: async () => 'known',
  renewed: async () => false,
  holds: async () => false,
  sealed: async () => {},
  roster: async () => {
    throw new Error('no hub');
  },
  rosterVersion: async () => 0,
};

/** Fresh keys of a site `plant`. */
export async function freshKeys(t: ExecutionContext): Promise<SiteKeys> {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'hub-keys.json');
  await createHubKeys(file);
  return new SiteKeys(folder, await openHubKeyring(file), file);
}

/** The provisioning file of a terminal of a hub whose books nobody needs. */
export async function writeProvisioning(options: {
  readonly site: string;
  readonly terminal: string;
  readonly hubKeys: string;
  readonly out: string;
  readonly url?: string;
}): Promise<void> {
  const { site, terminal, hubKeys, out, url = 'mqtt://127.0.0.1:1' } = options;
  const store = await openHubStore(':memory:');
  try {
    const hub = { terminals: terminalBooks(store.db) };
    const broker = { url, protocol: '3.1.1' } as const;
    await provisionFile({ site, keyring: await openHubKeyring(hubKeys), hub }, { terminal, broker, out });
  } finally {
    await store.close();
  }
}
