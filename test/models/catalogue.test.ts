import test from 'ava';
import { changeDistanceOf, minMarginOf } from '../../src/access/policy.ts';
import { thresholdFor } from '../../src/gallery/threshold.ts';
import { bytesOf, catalogueEntry, filesOf, readCatalogue } from '../../src/models/catalogue.ts';

test('every pack of the catalogue is described whole, and its addresses are pinned to a commit', (t) => {
  const catalogue = readCatalogue();
  t.deepEqual(
    catalogue.map(({ pack }) => pack.name),
    ['minifasnet', 'mobilefacenet', 'yunet'],
  );
  for (const { pack, urls } of catalogue) {
    t.true(bytesOf(pack) > 100_000 && bytesOf(pack) < 10_000_000, pack.name);
    t.deepEqual(
      Object.keys(urls).sort(),
      filesOf(pack)
        .map(({ file }) => file)
        .sort(),
    );
    for (const url of Object.values(urls).flat()) {
      t.regex(url, /^https:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/[0-9a-f]{8,40}\/.+\.onnx$/);
    }
  }
});

test('a name that is not in the catalogue is answered with those that are', (t) => {
  const error = t.throws(() => catalogueEntry('arcface')) as Error & { code?: string; hint?: string };
  t.is(error.code, 'pack.missing');
  t.regex(error.hint ?? '', /minifasnet, mobilefacenet, yunet.*limen models import/);
});

test("a door with mobilefacenet gets its threshold and margins from the pack's own figures", (t) => {
  const { calibration, embedder } = catalogueEntry('mobilefacenet').pack;
  t.is(calibration?.embedder, embedder?.id);
  t.true(calibration!.impostorPairs > 1_000_000);
  // Strangers are seven times as far apart as with the shipped embedder, and so is everything that follows from them.
  const { threshold } = thresholdFor({ calibration: calibration!, comparisons: 300, targetFpir: 0.01 });
  t.true(threshold > 0.4 && threshold < 0.6, `${threshold}`);
  const margin = minMarginOf(calibration!);
  t.true(margin > 0.03 && margin < 0.07, `${margin}`);
  t.true(changeDistanceOf(calibration!) > 0.7);
});
