import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import { createHubKeys } from '../../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../../src/hub/hub-keyring.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { typedBy } from '../../../src/reader/hid.ts';
import { inputFrom } from '../../../src/reader/input.ts';
import { LineSplitter } from '../../../src/reader/split-lines.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { SealedFile } from '../../../src/runtime/sealed-file.ts';
import { openCommandMemory } from '../../../src/sync/command-memory.ts';
import type { Command } from '../../../src/sync/command-messages.ts';
import { type Opener, opener, sealer } from '../../../src/sync/envelope.ts';
import { type Head, recordFromWire, recordToWire, wireFormat } from '../../../src/sync/messages.ts';
import { nextKeysFileIn } from '../../../src/sync/next-keys.ts';
import { installProvisioning, provisionedFileIn } from '../../../src/sync/provisioned-file.ts';
import { replicaState, step } from '../../../src/sync/replica-state.ts';
import { terminalSealer } from '../../../src/sync/terminal-envelope.ts';
import { openTerminalKeyring } from '../../../src/sync/terminal-keyring.ts';
import { topicsOf } from '../../../src/sync/topics.ts';
import { decode } from '../../../src/vision/decode.ts';
import { readManifest } from '../../../src/vision/pack.ts';
import { personOf, snapshotOf, templateOf } from '../../gallery/people.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { freshKeys, writeProvisioning } from '../../support/keys.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { brokerOf, linkTo, startHub } from '../../support/site.ts';
import { somebody, until } from '../../support/sync.ts';
import { amount } from '../support/amount.ts';
import { fuzz } from '../support/fuzz.ts';

const folders = temporaryFolders(test);
const text = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const key = Buffer.alloc(32, 7);
const hash = '0'.repeat(64);
const record = recordToWire('plant', { kind: 'person', lineage: 'l', id: 'p1', version: 1, person: somebody('p1') });
const head: Head = {
  ...{
    format: wireFormat,
    site: 'plant',
    lineage: 'l',
    version: 1,
    embedder: 'test/1',
    count: 1,
    buckets: { '0a': 'x'.repeat(43) },
  },
  ...{ issuedAt: '2026-01-01T00:00:00Z', expiresAt: null },
};
const ack = { format: wireFormat, site: 'plant', terminal: 'door-1', seq: 1, hash } as const;
const rules = {
  format: wireFormat,
  site: 'plant',
  lineage: 'l',
  version: 1,
  issuedAt: '2026-01-01T00:00:00Z',
  rules: { a: [1] },
} as const;
const command: Command = {
  ...{
    format: wireFormat,
    site: 'plant',
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    audience: 'door-1',
    verb: 'unlock',
    reason: 'why',
  },
  ...{ issuer: 'me', issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-01T00:00:10Z', challenge: null },
};
const messages = { head, record, ack, rules, command };

/** What a terminal does with each message. */
const readers: Record<keyof typeof messages, (opening: Opener, payload: Uint8Array) => Promise<unknown>> = {
  head: async (opening, payload) =>
    step(replicaState(null), { kind: 'head', head: await opening.head(payload), now: new Date() }),
  record: async (opening, payload) =>
    step(replicaState(null), { kind: 'record', record: recordFromWire(await opening.record(payload, 'p1')) }),
  ack: (opening, payload) => opening.ack(payload, 'door-1'),
  rules: (opening, payload) => opening.rules(payload),
  command: (opening, payload) => opening.command(payload),
};

for (const [kind, message] of Object.entries(messages) as [keyof typeof messages, object][]) {
  test.serial(`${kind}: what anybody may have put on the broker, and what the hub may have signed`, async (t) => {
    const keys = await freshKeys(t);
    const opening = opener('plant', keys.hub);
    const seal = sealer(keys.hub)[kind] as (value: object) => Promise<string>;
    await fuzz(t, { corpus: [text(await seal(message))], parse: (bytes) => readers[kind](opening, bytes) });
    // A newer hub, or one that is not well, signs what this terminal does not understand.
    const resealed = async (bytes: Buffer) => readers[kind](opening, text(await seal(parsed(bytes))));
    await fuzz(t, { corpus: [text(message)], parse: resealed, only: 'values' });
  });
}

test.serial('events, statuses and wants: whatever terminals send, the hub goes on', async (t) => {
  const broker = (await brokerOf(t, 'aedes 3.1.1'))!;
  await broker.start();
  const keys = await freshKeys(t);
  const { hub, link } = await startHub(t, { broker, keys });
  const [own, last] = [await keys.terminal('door-1'), await keys.sealer('door-9')];
  const sender = linkTo(t, broker, 'sender');
  await until(() => sender.state.online && link.state.online);
  const topics = topicsOf('plant');
  const row = memoryJournal('door-1').append({ kind: 'clock.stepped', body: { byMs: 1 } });
  const status = {
    ...{
      format: wireFormat,
      terminal: 'door-1',
      online: true,
      since: '2026-01-01T00:00:00Z',
      software: '1',
      pack: 'p',
      door: null,
    },
    ...{ gallery: { lineage: '', version: 0, digest: '', people: 0 }, journal: { lastSeq: 0, acknowledgedSeq: 0 } },
  };
  const want = { format: wireFormat, terminal: 'door-1', version: 0, buckets: ['0a'] };
  const sent = [topics.event('door-1'), topics.status('door-1'), topics.want('door-1')];
  await fuzz(t, {
    corpus: [row, status, want].map(text),
    parse: (bytes) => Promise.all(sent.map((topic) => sender.publish(topic, bytes))),
    runs: amount({ short: 200, long: 5000 }),
  });
  // A newer terminal, or one that is not well, signs what this hub does not understand.
  const sealing = terminalSealer(own);
  await fuzz(t, {
    corpus: [row, status, want].map(text),
    parse: async (bytes) => {
      const value = parsed(bytes) as never;
      await sender.publish(topics.event('door-1'), await sealing.event(value));
      await sender.publish(topics.status('door-1'), await sealing.status(value));
      await sender.publish(topics.want('door-1'), await sealing.want(value));
    },
    runs: amount({ short: 200, long: 5000 }),
    only: 'values',
  });
  const sound = memoryJournal('door-9').append({ kind: 'clock.stepped', body: { byMs: 1 } });
  await sender.publish(topics.event('door-9'), await last.event(sound));
  await until(async () => (await hub.events({ terminal: 'door-9' })).length === 1);
});

test.serial('key files', async (t) => {
  const dataFolder = folders();
  const hubKeys = join(dataFolder, 'hub-keys.json');
  await createHubKeys(hubKeys);
  const out = join(dataFolder, 'door-1.limen');
  await writeProvisioning({ site: 'plant', terminal: 'door-1', hubKeys, out });
  const identity = { site: 'plant', terminal: 'door-1', dataFolder };
  await installProvisioning(out, identity);
  const place = provisionedFileIn(dataFolder);
  await (await openTerminalKeyring(identity))?.renew('01J00000000000000000000001');
  const readers: [string, () => Promise<unknown>][] = [
    [hubKeys, () => openHubKeyring(hubKeys)],
    [out, () => installProvisioning(out, identity, { replace: true })],
    [place, () => openTerminalKeyring(identity)],
    [nextKeysFileIn(dataFolder), () => openTerminalKeyring(identity)],
  ];
  for (const [file, read] of readers) {
    const fresh = readFileSync(file);
    const parse = async (bytes: Buffer) => {
      writeFileSync(file, bytes);
      await read();
    };
    await fuzz(t, { corpus: [fresh], parse, runs: amount({ short: 150, long: 5000 }) });
    writeFileSync(file, fresh);
  }
});

test.serial('the gallery file', async (t) => {
  const file = join(folders(), 'gallery.json');
  await new LowdbGalleryStore({ file, key }).write(snapshotOf([personOf('p1', [templateOf(1)])]));
  const sound = readFileSync(file);
  const parse = (bytes: Buffer) => {
    writeFileSync(file, bytes);
    return new LowdbGalleryStore({ file, key }).read();
  };
  await fuzz(t, { corpus: [sound], parse });
});

test.serial('sealed files and the memory of commands', async (t) => {
  const folder = folders();
  const file = join(folder, 'sealed');
  const sealed = new SealedFile({ file, purpose: 'test', key });
  await sealed.write({ version: 1, rules: {} });
  await fuzz(t, {
    corpus: [readFileSync(file)],
    parse: (bytes) => {
      writeFileSync(file, bytes);
      return sealed.read((value) => value);
    },
  });
  const memoryFile = join(folder, 'commands.state');
  const open = () => openCommandMemory({ file: memoryFile, clock: systemClock, onLost: () => {} });
  await (await open()).take(command, 'obeyed');
  await fuzz(t, {
    corpus: [readFileSync(memoryFile)],
    parse: (bytes) => {
      writeFileSync(memoryFile, bytes);
      return open();
    },
  });
});

test.serial('the journal: a damaged one is set aside, and a new chain is begun', async (t) => {
  const folder = folders();
  const made = join(folder, 'made', 'journal.db');
  mkdirSync(join(folder, 'made'));
  const journal = openJournal({ file: made, terminal: 'north', clock: systemClock });
  for (let i = 0; i < 20; i++) journal.append({ kind: 'clock.stepped', body: { byMs: i } });
  journal.close();
  const mark = readFileSync(`${made}.seq`);
  let rounds = 0;
  const parse = (bytes: Buffer) => {
    const own = join(folder, `found-${rounds++}`);
    mkdirSync(own);
    writeFileSync(join(own, 'journal.db'), bytes);
    writeFileSync(join(own, 'journal.db.seq'), mark);
    const opened = openJournal({
      file: join(own, 'journal.db'),
      terminal: 'north',
      clock: systemClock,
      onDamage: 'set-aside',
    });
    opened.append({ kind: 'clock.stepped', body: { byMs: 0 } });
    opened.verify();
    opened.close();
    rmSync(own, { recursive: true });
  };
  await fuzz(t, { corpus: [readFileSync(made)], parse, runs: amount({ short: 100, long: 3000 }) });
});

test.serial('readers: lines and keystrokes', async (t) => {
  const splitter = new LineSplitter();
  await fuzz(t, {
    corpus: ['card 12345\r\n', 'pin 1001*2580#\n', '2580\n', 'FFEE1234\n'].map(text),
    parse: (bytes) => {
      for (const line of splitter.push(bytes)) {
        for (const gives of ['card', 'pin', 'both'] as const) {
          for (const card of ['number', 'wiegand26-hex', 'wiegand34-decimal'] as const)
            inputFrom(line, { gives, card });
        }
      }
      return typedBy(bytes);
    },
    runs: amount({ short: 2000, long: 100_000 }),
  });
});

test.serial('pack.json', async (t) => {
  const folder = folders();
  const sound = readFileSync(join(packageRoot(), 'models', 'faceapi', 'pack.json'));
  const parse = (bytes: Buffer) => {
    writeFileSync(join(folder, 'pack.json'), bytes);
    return readManifest(folder);
  };
  await fuzz(t, { corpus: [sound], parse });
});

test.serial('pictures', async (t) => {
  const people = join(packageRoot(), 'test', 'people');
  const [first = ''] = readdirSync(people, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jpg'),
  );
  const corpus = [readFileSync(join(people, first))];
  const frame = (data: Buffer) => ({ id: 0, capturedAtMs: 0, format: 'jpeg', data }) as const;
  const parse = async (bytes: Buffer) => {
    await decode(frame(bytes), { quick: true });
    await decode(frame(bytes));
  };
  await fuzz(t, { corpus, parse, runs: amount({ short: 150, long: 5000 }) });
});

/** JSON as far as it goes, so that most damage is in what it says and not in how. @throws what the parser would: nothing was sealed. */
function parsed(bytes: Buffer): object {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : { value };
  } catch {
    return { broken: bytes.toString('latin1') };
  }
}
