import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { evaluation } from '../../src/cli/evaluating.ts';
import { holdsTemplate, limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { peopleFolder } from '../support/people.ts';
import { needs, sharedFolder } from '../support/require.ts';

/** Rendered people resemble each other more than real ones do: their figures say nothing, only that there are some. */

const folder = temporaryFolders(test);
const everybody = Array.from({ length: 6 }, (_, i) => `p0${i + 1}`);

/** The bundled people as LFW names its pictures, and pairs of them in two folds. */
function asLfw(): { images: string; pairs: string } {
  const images = folder();
  for (const id of everybody) {
    mkdirSync(join(images, id));
    for (const number of [1, 2]) {
      copyFileSync(join(peopleFolder, 'people', id, `enrol-${number}.jpg`), join(images, id, `${id}_000${number}.jpg`));
    }
  }
  const pairs = join(folder(), 'pairs.txt');
  const next = (i: number) => everybody[(i + 1) % everybody.length];
  const fold = (from: number) => {
    const ids = everybody.slice(from, from + 3);
    return [...ids.map((id) => `${id}\t1\t2`), ...ids.map((id, i) => `${id}\t1\t${next(from + i)}\t2`)];
  };
  writeFileSync(pairs, `2\t3\r\n${[...fold(0), ...fold(3)].join('\r\n')}\r\n`);
  return { images, pairs };
}

test('evaluate verification prints figures, and writes one page that needs nothing else and names nobody', async (t) => {
  const { images, pairs } = asLfw();
  const page = join(folder(), 'report.html');
  const ended = await limen(
    'evaluate',
    'verification',
    '--images',
    images,
    '--pairs',
    pairs,
    '--json',
    '--report',
    page,
  );
  t.is(ended.exitCode, 0, ended.stderr);
  t.is(ended.stderr, '');
  const [pack, ...more] = JSON.parse(ended.stdout);
  t.deepEqual(more, []);
  t.is(pack.pictures, 12);
  t.is(pack.picturesWithoutFace, 0);
  t.is(pack.protocol.pairs, 12);
  t.is(pack.protocol.folds.length, 2);
  t.is(pack.allAgainstAll.genuine, 6);
  t.is(pack.allAgainstAll.impostors, 60);
  t.false(holdsTemplate(pack));

  const html = readFileSync(page, 'utf8');
  t.regex(html, /default-src 'none'/);
  t.notRegex(html, /<(img|link|iframe|object)\b|<script[^>]+src=|url\(|data:image|\bfetch\(|XMLHttpRequest/);
  t.notRegex(html, /p0[1-6]/);
  t.regex(html, /<canvas|new uPlot/);
});

test('the page draws its charts in a browser, from a disk, without a complaint', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { images, pairs } = asLfw();
  const page = join(folder(), 'report.html');
  await limen('evaluate', 'verification', '--images', images, '--pairs', pairs, '--report', page);
  const flags =
    '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=3000';
  const { stdout, stderr } = await execa('chromium', [
    ...flags.split(' '),
    `--user-data-dir=${folder()}`,
    '--dump-dom',
    `file://${page}`,
  ]);
  t.notRegex(stderr, /CONSOLE/);
  // Rendered people are told apart without an error: a curve of errors is then a sentence.
  t.is(stdout.match(/<canvas/g)?.length, 3);
  t.is(stdout.match(/>Nothing to draw/g)?.length, 2);
});

test('evaluate verification tells a person what it found, in words', async (t) => {
  const { images } = asLfw();
  const { exitCode, stdout } = await limen('evaluate', 'verification', '--images', images);
  t.is(exitCode, 0);
  t.regex(stdout, /^How well faceapi\S* tells people apart\n/);
  t.regex(stdout, /comparisons of two people\s+60\b/);
  t.regex(stdout, /recognised when 1 in 1,000 strangers passes\s+\d/);
});

test('a pairs file that does not fit is named with its line and its mend', async (t) => {
  const { images, pairs } = asLfw();
  const run = () => limen('evaluate', 'verification', '--images', images, '--pairs', pairs);
  writeFileSync(pairs, '1\t1\np01\t1\t9\np01\t1\tp02\t1\n');
  const missing = await run();
  refuses(t, missing, 65, 'evaluate.pairs-invalid');
  t.regex(missing.stderr, /pairs\.txt:2: there is no picture p01\/p01_0009\.jpg in /);
  writeFileSync(pairs, '1\t1\np01\t1\n');
  refuses(t, await run(), 65, 'evaluate.pairs-invalid');
  refuses(
    t,
    await limen('evaluate', 'verification', '--images', images, '--pairs', join(images, 'none')),
    66,
    'file.unreadable',
  );
  refuses(t, await limen('evaluate', 'verification', '--images', images, '--folds', '3'), 64, 'usage.invalid');
  refuses(t, await limen('evaluate', 'verification', '--images', images, '--engine', 'abacus'), 64, 'usage.invalid');
  refuses(t, await limen('evaluate', 'verification', '--images', images, '--pack', 'nobody'), 66, 'pack.missing');
});

test('a report that cannot be written is known before the work', async (t) => {
  const page = join(folder(), 'not', 'there.html');
  refuses(
    t,
    await limen('evaluate', 'verification', '--images', join(folder(), 'none'), '--report', page),
    73,
    'file.unwritable',
  );
});

test.serial('Ctrl-C ends an evaluation with a sentence and 130; anything else is thrown on', async (t) => {
  t.teardown(() => {
    process.exitCode = undefined;
  });
  await evaluation({}, async (signal) => {
    process.emit('SIGINT', 'SIGINT');
    signal.throwIfAborted();
  });
  t.is(process.exitCode, 130);
  await t.throwsAsync(
    evaluation({}, async () => {
      throw new Error('a fault');
    }),
    { message: 'a fault' },
  );
});

test('evaluate identification enrols, lets strangers try, and compares what more pictures give', async (t) => {
  const words = ['--images', join(peopleFolder, 'people'), '--strangers', join(peopleFolder, 'strangers')];
  const { exitCode, stdout, stderr } = await limen(
    'evaluate',
    'identification',
    ...words,
    '--enrol',
    '1,3',
    '--frames',
    '1,2',
    '--sizes',
    '3',
    '--json',
  );
  t.is(exitCode, 0, stderr);
  const [{ conditions, sizes }] = JSON.parse(stdout);
  t.deepEqual(
    conditions.map(({ enrol, frames, templates, attempts, strangers }: Record<string, number>) => [
      enrol,
      frames,
      templates,
      attempts,
      strangers,
    ]),
    [
      [1, 1, 10, 30, 6],
      [1, 2, 10, 10, 6],
      [3, 1, 30, 30, 6],
      [3, 2, 30, 10, 6],
    ],
  );
  for (const { targets, rank1 } of conditions) {
    t.true(rank1 > 0.5);
    t.true(
      targets.every(({ threshold, predictedFpir }: Record<string, number>) => threshold! > 0 && predictedFpir! > 0),
    );
  }
  t.is(sizes[0].people, 3);
  refuses(t, await limen('evaluate', 'identification', ...words, '--enrol', 'two'), 64, 'usage.invalid');
  refuses(t, await limen('evaluate', 'identification', ...words, '--target', '0'), 64, 'usage.invalid');
  refuses(t, await limen('evaluate', 'identification', ...words, '--sizes', '5,100'), 64, 'usage.invalid');
  refuses(t, await limen('evaluate', 'identification', ...words, '--enrol', '40'), 65, 'evaluate.too-little');
});

test('evaluate detector counts known faces by size, or pictures without one', async (t) => {
  const manifest = JSON.parse(readFileSync(join(peopleFolder, 'manifest.json'), 'utf8'));
  const few = folder();
  const images = manifest.images.slice(0, 3);
  for (const { file } of images) {
    mkdirSync(join(few, file, '..'), { recursive: true });
    copyFileSync(join(peopleFolder, file), join(few, file));
  }
  writeFileSync(join(few, 'manifest.json'), JSON.stringify({ images }));
  const labelled = await limen('evaluate', 'detector', '--images', few, '--widths', '60', '--json');
  t.is(labelled.exitCode, 0, labelled.stderr);
  const [{ asTheyAre, scaledDown, acquisition }] = JSON.parse(labelled.stdout);
  t.is(acquisition, null);
  t.is(asTheyAre.pictures, 3);
  t.is(scaledDown.sizes[0].faces, 3);
  t.deepEqual([scaledDown.sizes[0].fromPx, scaledDown.sizes[0].toPx], [48, 64]);
  t.true(
    asTheyAre.sizes.every(
      ({ recall, eyeErrorMedian }: Record<string, number>) => recall === 1 && eyeErrorMedian! < 0.15,
    ),
  );

  const plain = await limen('evaluate', 'detector', '--images', join(peopleFolder, 'scenes'));
  t.is(plain.exitCode, 0, plain.stderr);
  t.regex(plain.stdout, /found no face in 1 of 5 pictures/);
  writeFileSync(join(few, 'manifest.json'), '{"images": [{"id": "x"}]}');
  refuses(t, await limen('evaluate', 'detector', '--images', few), 65, 'file.corrupt');
});

test('evaluate calibration wants a hundred people', async (t) => {
  refuses(
    t,
    await limen('evaluate', 'calibration', '--images', join(peopleFolder, 'strangers')),
    65,
    'evaluate.too-little',
  );
  refuses(t, await limen('evaluate', 'calibration', '--images', folder()), 66, 'file.unreadable');
});

test('real people are told apart: a small part of LFW', async (t) => {
  if (!needs(t, 'shared')) return;
  t.timeout(240_000);
  const lfw = join(sharedFolder(), 'data/lfw-dev');
  const [, ...lines] = readFileSync(join(lfw, 'pairs.txt'), 'utf8').trim().split('\n');
  const some = (from: number) => [...lines.slice(from, from + 15), ...lines.slice(from + 300, from + 315)];
  const pairs = join(folder(), 'pairs.txt');
  writeFileSync(pairs, ['2\t15', ...some(0), ...some(600), ''].join('\n'));
  const { exitCode, stdout, stderr } = await limen(
    'evaluate',
    'verification',
    '--images',
    join(lfw, 'images'),
    '--pairs',
    pairs,
    '--json',
  );
  t.is(exitCode, 0, stderr);
  const [{ protocol, allAgainstAll }] = JSON.parse(stdout);
  t.is(protocol.pairs, 60);
  t.true(protocol.accuracy >= 0.95, String(protocol.accuracy));
  t.true(allAgainstAll.promises.length >= 4);
  for (const { promisedFmr, farInterval95 } of allAgainstAll.promises) t.true(farInterval95[0] <= promisedFmr);
});

test('a hundred real people make impostor figures', async (t) => {
  if (!needs(t, 'shared')) return;
  t.timeout(240_000);
  const images = folder();
  const calibration = join(sharedFolder(), 'data/lfw-dev/calibration');
  for (const file of readdirSync(calibration).slice(0, 120)) copyFileSync(join(calibration, file), join(images, file));
  const out = join(folder(), 'figures.json');
  const { exitCode, stdout, stderr } = await limen('evaluate', 'calibration', '--images', images, '--out', out);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /pairs of 1\d\d people, from 120 pictures/);
  const figures = JSON.parse(readFileSync(out, 'utf8'));
  t.true(figures.quantiles.length > 5 && figures.people >= 115);
  t.false(holdsTemplate(figures));
});
