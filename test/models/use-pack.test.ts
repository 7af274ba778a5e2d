import { copyFileSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { loadHubConfig, loadTerminalConfig } from '../../src/config/load.ts';
import { usePack } from '../../src/models/use-pack.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { readManifest } from '../../src/vision/pack.ts';
import { shippedPackFolder } from '../../src/vision/pack-folders.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

/** A copy of an example that ships, in a folder of its own. */
function configLike(example: string, change: (text: string) => string = (text) => text): string {
  const file = join(folder(), example);
  writeFileSync(file, change(readFileSync(join(packageRoot(), 'config', example), 'utf8')), { mode: 0o640 });
  return file;
}

/** The shipped pack under another name, with only some of its networks. */
async function packLike(name: string, keeps: readonly string[], into = folder()): Promise<string> {
  const target = join(into, name);
  cpSync(shippedPackFolder(), target, { recursive: true });
  const { folder: _folder, detector, landmarks, embedder, liveness: _liveness, ...rest } = await readManifest(target);
  const own = { ...embedder, id: `${name}/1` };
  const parts = Object.entries({ detector, landmarks, embedder: own }).filter(([role]) => keeps.includes(role));
  const calibration = keeps.includes('embedder') && rest.calibration ? { ...rest.calibration, embedder: own.id } : null;
  writeFileSync(
    join(target, 'pack.json'),
    JSON.stringify({
      ...rest,
      name,
      ...Object.fromEntries(parts),
      calibration,
      ...(!calibration && { glimpseCalibration: null }),
    }),
  );
  return target;
}

test('a pack is put into a configuration, and everything else in it stays, comments and all', async (t) => {
  const file = configLike('pi-door.yaml');
  const before = readFileSync(file, 'utf8');
  const mine = await packLike('mine', ['embedder']);
  const change = await usePack(mine, file);
  t.deepEqual(change.packs, [mine]);
  t.is(loadTerminalConfig(file).recognition.pack, mine);
  t.is(change.before.embedder.id, 'faceapi-dlib-faceres-int8/2');
  t.is(change.after.embedder.id, 'mine/1');
  t.is(statSync(file).mode & 0o777, 0o640);
  t.is(readFileSync(file, 'utf8').replace(/^ {2}pack: .*\n/m, ''), before);

  const back = await usePack('faceapi', file);
  t.deepEqual(back.packs, ['faceapi']);
  t.deepEqual(back.dropped, [mine]);
});

test('packs are layered, and what gives nothing any more is dropped', async (t) => {
  const file = configLike('hub.yaml');
  const into = folder();
  const detector = await packLike('eyes', ['detector'], into);
  const embedder = await packLike('memory', ['embedder'], into);
  const other = await packLike('better-memory', ['embedder'], into);
  await usePack(embedder, file);
  t.deepEqual((await usePack(detector, file)).packs, [detector, embedder]);
  t.deepEqual(loadHubConfig(file).recognition.pack, [detector, embedder]);
  const third = await usePack(other, file);
  t.deepEqual(third.packs, [other, detector]);
  t.deepEqual(third.dropped, [embedder]);
  t.is(third.after.name, 'better-memory,eyes,faceapi');
});

test('a path that a file names relative to itself stays as it is written, and so does what is said about it', async (t) => {
  const place = folder();
  await packLike('eyes', ['detector'], place);
  const mine = await packLike('mine', ['embedder']);
  const file = join(place, 'door.yaml');
  const example = configLike('pi-door.yaml', (text) =>
    text.replace(/^recognition:\n/m, 'recognition:\n  pack: ./eyes # found on the stick\n'),
  );
  copyFileSync(example, file);
  const { packs } = await usePack(mine, file);
  t.deepEqual(packs, [mine, './eyes']);
  t.regex(readFileSync(file, 'utf8'), /pack: \[.*\.\/eyes\] # found on the stick/);
});

test('a pack that is not whole, or a file that is not sound, changes nothing', async (t) => {
  const file = configLike('pi-door.yaml');
  const before = readFileSync(file, 'utf8');
  await t.throwsAsync(usePack('no-such-pack', file), { code: 'pack.missing' });
  const damaged = await packLike('damaged', ['embedder']);
  writeFileSync(join(damaged, 'embedder.onnx'), 'damaged');
  await t.throwsAsync(usePack(damaged, file), { code: 'pack.tampered' });
  t.is(readFileSync(file, 'utf8'), before);

  const wrong = configLike('pi-door.yaml', (text) => text.replace(/^mode:.*/m, 'mode: gate'));
  const wrongBefore = readFileSync(wrong, 'utf8');
  await t.throwsAsync(usePack('faceapi', wrong), { code: 'config.invalid' });
  t.is(readFileSync(wrong, 'utf8'), wrongBefore);
});
