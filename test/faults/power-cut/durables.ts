import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ulid } from 'ulid';
import type { Person } from '../../../src/domain/person.ts';
import { keepLockdown, readLockdown } from '../../../src/door/lockdown-file.ts';
import { loadAtRestKey } from '../../../src/gallery/at-rest-key.ts';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import { storeEvents } from '../../../src/hub/event-store.ts';
import { openHubStore } from '../../../src/hub/hub-store.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { SealedFile } from '../../../src/runtime/sealed-file.ts';
import { openCommandMemory } from '../../../src/sync/command-memory.ts';
import type { Command } from '../../../src/sync/command-messages.ts';
import { privateAgreementJwk, privateSigningJwk } from '../../../src/sync/keys.ts';
import { wireFormat } from '../../../src/sync/messages.ts';
import { provisionedFileIn, writeProvisioned } from '../../../src/sync/provisioned-file.ts';
import type { Provisioning } from '../../../src/sync/provisioning.ts';
import { openTerminalKeyring } from '../../../src/sync/terminal-keyring.ts';
import { personOf, snapshotOf, templateOf } from '../../gallery/people.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { somebody } from '../../support/sync.ts';

/** Something of limen's that has to outlive a power cut. */
export interface Durable {
  /** How often the traced process writes it. */
  readonly writes: number;
  /** Open it in a folder; `write(n)` makes the n-th state, counted from 1, and returns when that is durable. */
  open(folder: string): Promise<{ write(n: number): Promise<unknown> | unknown; close?(): Promise<void> | void }>;
  /** The state that the real code finds; 0 for none yet. @throws for anything that is no whole state. */
  found(folder: string): Promise<number>;
}

const key = Buffer.alloc(32, 7);

interface GalleryWrites {
  readonly writes: number;
  /** In an order of its own nothing is kept as a change. */
  readonly arrange?: (people: Person[]) => Person[];
  readonly isForgetting?: (n: number) => boolean;
}

function galleryWritten({ writes, arrange = (people) => people, isForgetting = () => false }: GalleryWrites): Durable {
  const galleryOf = (n: number) =>
    snapshotOf(arrange([personOf('p1', [templateOf(n)], n), personOf('p2', [templateOf(n + 1)], n)]), n);
  const storeIn = (folder: string) => new LowdbGalleryStore({ file: join(folder, 'gallery.json'), key });
  return {
    writes,
    open: async (folder) => {
      const store = storeIn(folder);
      return { write: (n) => store.write(galleryOf(n), { forgetting: isForgetting(n) }) };
    },
    found: async (folder) => {
      const stored = await storeIn(folder).read();
      const version = stored?.snapshot.version ?? 0;
      if (stored === null) return version;
      const { leftovers: _told, ...found } = stored;
      assertSame(found, { snapshot: galleryOf(version), recoveredFrom: null });
      return version;
    },
  };
}

const commandOf = (n: number): Command => ({
  ...{
    format: wireFormat,
    site: 'plant',
    id: ulid(Date.parse('2030-01-01T00:00:00Z') + n, () => 0),
    audience: 'door-1',
  },
  ...{ verb: 'unlock', reason: null, issuer: 'tester', challenge: null },
  ...{ issuedAt: '2030-01-01T00:00:00.000Z', expiresAt: '2030-01-01T00:00:10.000Z' },
});

/** By name, for the process that is traced and for the test that looks at what it left. */
export const durables: Readonly<Record<string, Durable>> = {
  'gallery, and its changes': galleryWritten({ writes: 4 }),
  'gallery, written whole': galleryWritten({ writes: 4, arrange: (people) => people.toReversed() }),
  'gallery, with people to forget': galleryWritten({ writes: 5, isForgetting: (n) => n % 3 === 0 }),
  'sealed file (rules, access memory)': {
    writes: 4,
    open: async (folder) => {
      const file = new SealedFile({ file: join(folder, 'rules'), purpose: 'test', key });
      await file.read(String);
      return { write: (n) => file.write({ n, more: 'x'.repeat(2000) }) };
    },
    found: async (folder) => {
      const sealed = new SealedFile({ file: join(folder, 'rules'), purpose: 'test', key });
      const found = await sealed.read((value) => (value as { n: number }).n);
      if (found?.fault) throw found.fault;
      return found?.value ?? 0;
    },
  },
  'command memory': {
    writes: 5,
    open: async (folder) => {
      const memory = await commandMemoryIn(folder);
      return { write: (n) => memory.take(commandOf(n), 'obeyed') };
    },
    found: async (folder) => {
      const memory = await commandMemoryIn(folder);
      let n = 0;
      while (memory.answerTo(commandOf(n + 1).id) !== undefined) n++;
      return n;
    },
  },
  'own keys of a terminal': {
    writes: 3,
    open: async (folder) => {
      const place = provisionedFileIn(folder);
      const step = [
        () => writeProvisioned(place, provisioned),
        async () => (await keyringIn(folder))!.renew(commandOf(2).id),
        async () => {
          const ring = (await keyringIn(folder))!;
          await ring.confirmed(ring.agreements[1]!);
        },
      ];
      return { write: (n) => step[n - 1]!() };
    },
    found: async (folder) => {
      const ring = await keyringIn(folder);
      if (ring === null) return 0;
      if (ring.document.keys.signing.x === provisioned.keys.signing.x) return ring.offer === null ? 1 : 2;
      const left = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
      const { signing, agreement } = provisioned.keys;
      if (left.some((text) => text.includes(signing.d) || text.includes(agreement.d)))
        throw new Error('the old keys are still there');
      return 3;
    },
  },
  lockdown: {
    writes: 4,
    open: async (folder) => ({ write: (n) => keepLockdown(join(folder, 'lockdown'), `cause ${n}`) }),
    found: async (folder) => {
      const { cause, fault } = await readLockdown(join(folder, 'lockdown'));
      if (fault !== null) throw fault;
      return cause === null ? 0 : Number(cause.split(' ')[1]);
    },
  },
  'gallery key': {
    writes: 1,
    open: async (folder) => ({ write: () => loadAtRestKey({ file: join(folder, 'gallery.key') }) }),
    found: async (folder) => {
      const made = await loadAtRestKey({ file: join(folder, 'gallery.key'), create: false }).catch(unlessMissing);
      return made === null ? 0 : 1;
    },
  },
  journal: {
    writes: 110,
    open: async (folder) => {
      const journal = journalIn(folder);
      return {
        write: (n) => {
          journal.append({ kind: 'clock.stepped', body: { byMs: n } });
          if (n % 9 === 0) journal.acknowledge(n - 4);
          if (n % 40 === 0) journal.prune(new Date(Date.now() + 1000));
        },
        close: () => journal.close(),
      };
    },
    found: async (folder) => {
      const journal = journalIn(folder);
      const { brokenAt, lastSeq } = journal.verify();
      const [last] = journal.latest(1);
      const next = journal.append({ kind: 'clock.stepped', body: { byMs: 0 } }).seq;
      journal.close();
      const newest = lastSeq ?? next - 1;
      const isWhole = brokenAt === null && next === newest + 1 && (last === undefined || isNth(last, newest));
      if (!isWhole) throw new Error(`broken at ${brokenAt}, last ${lastSeq}, next ${next}`);
      return newest;
    },
  },
  "the hub's books": {
    writes: 12,
    open: async (folder) => {
      const store = await openHubStore(join(folder, 'hub.db'));
      const journal = memoryJournal('door-1');
      return {
        write: async (n) => {
          const { version: _none, ...person } = somebody(`p${n}`);
          await store.add(person);
          const event = journal.append({ kind: 'clock.stepped', body: { byMs: n } });
          await storeEvents(store.db, [event as never], systemClock.now());
        },
        close: () => store.close(),
      };
    },
    found: async (folder) => {
      const store = await openHubStore(join(folder, 'hub.db'));
      const { version } = await store.state();
      const people = (await store.people()).length;
      const events = (await store.db.selectFrom('events').select('seq').execute()).length;
      await store.close();
      const isWhole = people === version && (events === version || events === version - 1);
      if (!isWhole) throw new Error(`version ${version}, ${people} people, ${events} events`);
      return events;
    },
  },
};

/** The same in the process that writes and in the one that looks. */
function fixedJwk(algorithm: 'Ed25519' | 'X25519') {
  // RFC 8410: a private key of 32 bytes in PKCS #8.
  const head = `302e020100300506032b65${algorithm === 'Ed25519' ? '70' : '6e'}04220420`;
  const bytes = Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(32, algorithm === 'Ed25519' ? 8 : 9)]);
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
}

const signing = privateSigningJwk.parse(fixedJwk('Ed25519'));
const { d: _secret, ...hub } = signing;
const provisioned: Provisioning = {
  ...{ format: 1, kind: 'limen-terminal', site: 'plant', terminal: 'door-1', rosterVersion: 1 },
  ...{ issuedAt: '2030-01-01T00:00:00.000Z', broker: { url: 'mqtt://127.0.0.1:1', protocol: '3.1.1' } },
  keys: {
    ...{ sequence: 0, hub: [hub], site: [{ kty: 'oct', k: key.toString('base64url') }], signing },
    agreement: privateAgreementJwk.parse(fixedJwk('X25519')),
  },
};

function keyringIn(folder: string) {
  return openTerminalKeyring({ site: 'plant', terminal: 'door-1', dataFolder: folder });
}

function commandMemoryIn(folder: string) {
  const onLost = (fault: Error) => {
    throw fault;
  };
  return openCommandMemory({ file: join(folder, 'commands.state'), clock: systemClock, onLost });
}

function journalIn(folder: string) {
  return openJournal({ file: join(folder, 'journal.db'), terminal: 'north', clock: systemClock });
}

function isNth({ body }: { body: unknown }, n: number): boolean {
  return (body as { byMs: number }).byMs === n;
}

function unlessMissing(error: { code?: string }): null {
  if (error.code !== 'key.missing') throw error;
  return null;
}

function assertSame(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) throw new Error('the state is not the one that was written');
}
