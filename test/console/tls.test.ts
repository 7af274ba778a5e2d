import { chmodSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { consoleSchema } from '../../src/config/console-schema.ts';
import { keepTlsFresh } from '../../src/console/fresh-tls.ts';
import { atHub } from '../../src/console/place.ts';
import { servedConsole } from '../../src/console/served.ts';
import { consoleTls, fingerprintOf } from '../../src/console/tls.ts';
import { isLimenError } from '../../src/domain/errors.ts';
import type { Timers } from '../../src/domain/timers.ts';
import { makeSelfSigned } from '../../src/hub/certificates.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { createWebServer } from '../../src/web/server.ts';
import { temporaryFolders } from '../support/folders.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);
const [now, dayMs] = [new Date('2026-03-02T08:00:00Z'), 86_400_000];
const later = (days: number) => new Date(now.getTime() + days * dayMs);

/** A logger, and what it was told. */
function logging() {
  const lines: string[] = [];
  const sink = { write: (line: string) => !!lines.push(line) } as unknown as NodeJS.WritableStream;
  return { log: createLogger({ level: 'info', format: 'json' }, sink), told: () => lines.join('') };
}

/** Files of the owner's, good ones, to be spoilt. */
async function ownersFiles() {
  const place = folder();
  const [certFile, keyFile] = [join(place, 'console.pem'), join(place, 'console-key.pem')];
  const bring = async (at = now) => {
    const made = await makeSelfSigned({ name: 'door', hosts: ['door'], now: at, days: 90 });
    writeFileSync(certFile, made.cert);
    writeFileSync(keyFile, made.key, { mode: 0o600 });
    return made;
  };
  const made = await bring();
  const { log } = logging();
  const config = consoleSchema.parse({ address: '0.0.0.0', certFile, keyFile });
  const read = () => consoleTls({ config, dataFolder: place, now, log });
  return { certFile, keyFile, made, bring, read };
}

async function refusal(t: ExecutionContext, read: () => Promise<unknown>) {
  const error = await t.throwsAsync(read());
  if (!isLimenError(error)) throw error;
  t.truthy(error.hint);
  t.notRegex(error.message, /^error:/);
  return error;
}

test("the owner's files are taken as they are", async (t) => {
  const { read, made } = await ownersFiles();
  t.deepEqual(await read(), made);
});

test("files of the owner's that cannot be used are named, with the mend", async (t) => {
  const other = await makeSelfSigned({ name: 'other', hosts: ['other'], now, days: 90 });
  const foreign = await ownersFiles();
  writeFileSync(foreign.keyFile, other.key);
  const mismatch = await refusal(t, foreign.read);
  t.is(mismatch.code, 'certificate.invalid');
  t.true(mismatch.message.includes(foreign.certFile) && mismatch.message.includes(foreign.keyFile));

  const cut = await ownersFiles();
  truncateSync(cut.certFile, 200);
  const damaged = await refusal(t, cut.read);
  t.is(damaged.code, 'certificate.invalid');
  t.true(damaged.message.includes(cut.certFile));

  const chained = await ownersFiles();
  writeFileSync(chained.certFile, `${chained.made.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`);
  t.is((await refusal(t, chained.read)).code, 'certificate.invalid');

  const keyless = await ownersFiles();
  writeFileSync(keyless.keyFile, 'no key\n');
  const garbage = await refusal(t, keyless.read);
  t.is(garbage.code, 'key.invalid');
  t.true(garbage.message.includes(keyless.keyFile));
});

test('one that signs itself is kept until a month before it runs out', async (t) => {
  const [dataFolder, { log }] = [folder(), logging()];
  const config = consoleSchema.parse({ address: '0.0.0.0' });
  const on = (day: number) => consoleTls({ config, dataFolder, now: later(day), log });
  const first = await on(0);
  t.deepEqual(await on(366), first);
  t.notDeepEqual(await on(368), first);
});

for (const [how, spoil] of [
  ['certificate cut short', (certFile: string) => truncateSync(certFile, 100)],
  ['key of another', (_: string, keyFile: string, otherKey: string) => writeFileSync(keyFile, otherKey)],
  ['empty key', (_: string, keyFile: string) => truncateSync(keyFile, 0)],
] as const) {
  test(`one that signs itself, with a ${how}, is set aside and made anew`, async (t) => {
    const [dataFolder, { log, told }] = [folder(), logging()];
    const config = consoleSchema.parse({ address: '0.0.0.0' });
    const read = () => consoleTls({ config, dataFolder, now, log });
    const first = await read();
    const [certFile, keyFile] = ['certificate.pem', 'key.pem'].map((name) => join(dataFolder, 'console', name));
    const other = await makeSelfSigned({ name: 'other', hosts: ['other'], now, days: 90 });
    spoil(certFile!, keyFile!, other.key);
    const spoilt = readFileSync(certFile!, 'utf8');
    const remade = await read();
    t.not(remade?.cert, first?.cert);
    t.is(readFileSync(`${certFile}.damaged`, 'utf8'), spoilt);
    t.true(existsSync(`${keyFile}.damaged`));
    t.true(told().includes('certificate.pem.damaged'));
    t.deepEqual(await read(), remade);
  });
}

test('a key that others can read is no damage, and stays where it is', async (t) => {
  const [dataFolder, { log }] = [folder(), logging()];
  const config = consoleSchema.parse({ address: '0.0.0.0' });
  const read = () => consoleTls({ config, dataFolder, now, log });
  await read();
  chmodSync(join(dataFolder, 'console/key.pem'), 0o644);
  await t.throwsAsync(read(), { code: 'config.secret-exposed' });
});

/** Hours that pass when a test says so. */
function hours() {
  const waiting = new Set<() => void>();
  const timers: Timers = {
    random: Math.random,
    after: (_ms, run) => {
      waiting.add(run);
      return () => waiting.delete(run);
    },
  };
  const pass = async () => {
    await until(() => waiting.size > 0);
    const [run] = [...waiting];
    waiting.clear();
    run?.();
    await until(() => waiting.size > 0);
  };
  return { timers, pass };
}

/** What a server proves itself with, as somebody sees who connects. */
function seenAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** A server that keeps what it proves itself with fresh, while hours pass as a test says. */
async function serve(t: ExecutionContext, wanted: () => ReturnType<typeof consoleTls>) {
  const [{ log, told }, leaving, { timers, pass }] = [logging(), new AbortController(), hours()];
  const tls = (await wanted())!;
  const server = await createWebServer({ screen: 'console', log, tls });
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const keeping = keepTlsFresh(server.server as never, { tls, wanted, timers, log, signal: leaving.signal });
  t.teardown(async () => {
    leaving.abort();
    await keeping;
    await server.close();
  });
  return { seen: () => seenAt(Number(port)), first: fingerprintOf(tls.cert), told, pass };
}

test('a console that runs for more than a year has made itself another certificate in time', async (t) => {
  const [dataFolder, { log, told }, { timers, pass }] = [folder(), logging(), hours()];
  let day = 0;
  const console = await servedConsole({
    ...{ place: atHub, routes: [], config: consoleSchema.parse({ address: '0.0.0.0', port: 0 }), dataFolder, log },
    ...{ clock: { ...systemClock, now: () => later(day) }, timers, desk: null },
    open: () => Promise.reject(new Error('nobody sets it up')),
  });
  t.teardown(() => console.close());
  const seen = () => seenAt(Number(new URL(console.url).port));
  const first = await seen();
  day = 366;
  await pass();
  t.is(await seen(), first);
  day = 368;
  await pass();
  const second = await seen();
  t.not(second, first);
  t.true(told().includes(second));
});

test('new files of the owner are taken while it runs; those that cannot be used are told once, and change nothing', async (t) => {
  const { bring, keyFile, read, made } = await ownersFiles();
  const { seen, told, pass } = await serve(t, read);
  writeFileSync(keyFile, 'half written');
  await pass();
  await pass();
  t.is(await seen(), fingerprintOf(made.cert));
  t.is(told().split('keeps its certificate of before').length, 2);
  t.true(told().includes(keyFile));
  const { cert } = await bring(later(80));
  await pass();
  t.is(await seen(), fingerprintOf(cert));
});
