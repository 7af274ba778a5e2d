import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { isLimenError } from '../../src/domain/errors.ts';
import { fetchFile } from '../../src/models/fetch-file.ts';
import { temporaryFolders } from '../support/folders.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { type Behaviour, type FileServer, serveFiles } from './file-server.ts';

const folder = temporaryFolders(test);
const content = new Uint8Array(randomBytes(300_000));
const expected = { file: 'net.onnx', sha256: sha256Of(content), bytes: content.length };
const never = new AbortController().signal;

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function request(server: FileServer, to: string, more: object = {}) {
  return { url: `${server.url}/net.onnx`, to, expected, signal: never, pauseMs: 1, ...more };
}

const roads: Array<[string, Behaviour[], string[]]> = [
  ['in one go', [{ kind: 'whole' }], ['/net.onnx']],
  [
    'over a connection that breaks twice, each time from where it broke',
    [{ kind: 'cut', afterBytes: 100_000 }, { kind: 'cut', afterBytes: 50_000 }, { kind: 'whole' }],
    ['/net.onnx', '/net.onnx bytes=100000-', '/net.onnx bytes=150000-'],
  ],
  [
    'from a server that knows no ranges, from the start again',
    [{ kind: 'cut', afterBytes: 100_000 }, { kind: 'no-ranges' }],
    ['/net.onnx', '/net.onnx bytes=100000-'],
  ],
  [
    'from a server that is busy at first',
    [{ kind: 'status', status: 503 }, { kind: 'status', status: 429 }, { kind: 'whole' }],
    ['/net.onnx', '/net.onnx', '/net.onnx'],
  ],
  [
    'from a server that falls silent',
    [{ kind: 'silent', afterBytes: 70_000 }, { kind: 'whole' }],
    ['/net.onnx', '/net.onnx bytes=70000-'],
  ],
];

for (const [name, behaviours, asked] of roads) {
  test(`a file arrives whole ${name}`, async (t) => {
    const server = await serveFiles(t, { 'net.onnx': content }, behaviours);
    const to = join(folder(), 'net.onnx');
    const seen: number[] = [];
    // Short only where silence is what is tested: on a busy machine an answer may take a while.
    const silenceMs = behaviours.some(({ kind }) => kind === 'silent') ? 2000 : 30_000;
    await fetchFile(request(server, to, { silenceMs, onProgress: (bytes: number) => seen.push(bytes) }));
    t.is(sha256Of(readFileSync(to)), expected.sha256);
    t.deepEqual(server.asked, asked);
    t.is(seen.at(-1), content.length);
    t.false(existsSync(`${to}.part`));
  });
}

test('an interrupted fetch keeps what has arrived, and the next one goes on there', async (t) => {
  const server = await serveFiles(t, { 'net.onnx': content }, [
    { kind: 'silent', afterBytes: 120_000 },
    { kind: 'whole' },
  ]);
  const to = join(folder(), 'net.onnx');
  const interrupt = new AbortController();
  const onProgress = (bytes: number) => bytes === 120_000 && interrupt.abort();
  const error = await t.throwsAsync(fetchFile(request(server, to, { signal: interrupt.signal, onProgress })));
  t.true(isLimenError(error, 'pack.unreachable'));
  t.false(existsSync(to));
  t.is(readFileSync(`${to}.part`).length, 120_000);
  await fetchFile(request(server, to));
  t.deepEqual(server.asked, ['/net.onnx', '/net.onnx bytes=120000-']);
  t.is(sha256Of(readFileSync(to)), expected.sha256);
});

test('a part that does not belong to the file is noticed, and the file is fetched anew', async (t) => {
  const server = await serveFiles(t, { 'net.onnx': content });
  for (const [part, asked] of [
    [randomBytes(100_000), ['/net.onnx bytes=100000-', '/net.onnx']],
    [randomBytes(content.length), ['/net.onnx']],
    [randomBytes(content.length + 1), ['/net.onnx']],
  ] as const) {
    server.asked.length = 0;
    const to = join(folder(), 'net.onnx');
    writeFileSync(`${to}.part`, part);
    await fetchFile(request(server, to));
    t.is(sha256Of(readFileSync(to)), expected.sha256);
    t.deepEqual(server.asked, asked);
  }
});

const others: Array<[string, Uint8Array]> = [
  ['of another size', new TextEncoder().encode('<html>Please log in</html>')],
  ['of the same size', new Uint8Array(content.length)],
];
for (const [name, other] of others) {
  test(`another file ${name} is removed, never used, and said to be one`, async (t) => {
    const server = await serveFiles(t, { 'net.onnx': content }, [{ kind: 'other', content: other }]);
    const to = join(folder(), 'net.onnx');
    const error = await t.throwsAsync(fetchFile(request(server, to)));
    t.true(isLimenError(error, 'pack.tampered'), String(error));
    t.regex((error as { hint?: string }).hint ?? '', /--from FOLDER/);
    t.false(existsSync(to));
    t.false(existsSync(`${to}.part`));
    t.is(server.asked.length, 1);
  });
}

test('a file that is not there is not asked for again and again', async (t) => {
  const server = await serveFiles(t, {});
  const error = await t.throwsAsync(fetchFile(request(server, join(folder(), 'net.onnx'))));
  t.true(isLimenError(error, 'pack.missing'));
  t.regex(error?.message ?? '', /answers 404/);
  t.is(server.asked.length, 1);
});

test('a server that always breaks or is not there is given up, with what to do without a network', async (t) => {
  const server = await serveFiles(t, { 'net.onnx': content }, [{ kind: 'cut', afterBytes: 0 }]);
  const nowhere = { url: 'http://127.0.0.1:9/', asked: [] };
  for (const unreachable of [server, nowhere]) {
    const error = await t.throwsAsync(fetchFile(request(unreachable, join(folder(), 'net.onnx'))));
    t.true(isLimenError(error, 'pack.unreachable'), String(error));
    t.regex((error as { hint?: string }).hint ?? '', /--from FOLDER/);
  }
  t.is(server.asked.length, 3);
});

test('a disk that is too small is said to be, before a byte is fetched', async (t) => {
  const disk = folder();
  if (!mountSmallDisk(t, disk, 200)) return;
  const server = await serveFiles(t, { 'net.onnx': content });
  const error = await t.throwsAsync(fetchFile(request(server, join(disk, 'net.onnx'))));
  t.true(isLimenError(error, 'disk.full'));
  t.regex(error?.message ?? '', /needs 0\.3 MB, and .* has 0\.2 MB left/);
  t.deepEqual(server.asked, []);
});
