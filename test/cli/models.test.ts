import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { cosineDistance, type Template } from '../../src/domain/template.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { readCatalogue } from '../../src/models/catalogue.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import { type Behaviour, serveFiles } from '../models/file-server.ts';
import { faceNetOnnx } from '../models/onnx-writer.ts';
import { type Ended, limen, limenFile, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf } from '../support/people.ts';
import { needs, sharedFolder } from '../support/require.ts';

const folder = temporaryFolders(test);

/** Where the files of the catalogue lie beside the checkout: the real ones. */
const places: Readonly<Record<string, string>> = {
  'MobileFaceNet.onnx': 'mobilefacenet/foamliu_MobileFaceNet.onnx',
  'yunet_n_320_320.onnx': 'yunet/yunet_n_320_320.onnx',
  'MiniFASNetV2.onnx': 'minifasnet/yakhyo_MiniFASNetV2.onnx',
  'MiniFASNetV1SE.onnx': 'minifasnet/yakhyo_MiniFASNetV1SE.onnx',
};

function serveCatalogue(t: ExecutionContext, behaviours?: readonly Behaviour[]) {
  const files = Object.entries(places).map(([name, place]) => [
    name,
    readFileSync(join(sharedFolder(), 'models', place)),
  ]);
  return serveFiles(t, Object.fromEntries(files), behaviours);
}

async function inModels(models: string, ...args: string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [limenFile, 'models', ...args], {
    reject: false,
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, LIMEN_MODELS: models },
  });
  return { exitCode, stdout, stderr };
}

test('every pack of the catalogue is fetched over a line that breaks, verified, listed, and recognises people', async (t) => {
  if (!needs(t, 'shared')) return;
  const models = folder();
  const server = await serveCatalogue(t, [
    { kind: 'whole' },
    { kind: 'cut', afterBytes: 1_000_000 },
    { kind: 'whole' },
  ]);
  const names = readCatalogue().map(({ pack }) => pack.name);
  const added = await inModels(models, 'add', ...names, '--from', `${server.url}/`);
  t.is(added.exitCode, 0, added.stderr);
  for (const name of names) t.regex(added.stdout, new RegExp(`^${name} is in .*Licence: \\S`, 'm'));
  t.true(
    server.asked.some((line) => line.includes('bytes=1000000-')),
    server.asked.join('\n'),
  );
  t.is(statSync(join(models, 'mobilefacenet', 'mobilefacenet.onnx')).mode & 0o777, 0o644);
  t.is(statSync(join(models, 'mobilefacenet')).mode & 0o777, 0o755);

  const verified = await inModels(models, 'verify');
  t.is(verified.exitCode, 0, verified.stderr);
  for (const name of [...names, 'faceapi']) t.true(verified.stdout.includes(`${name}: every file`), verified.stdout);
  const listed = await inModels(models, 'list');
  for (const name of names) t.regex(listed.stdout, new RegExp(`^${name} +yes `, 'm'));

  const again = await inModels(models, 'add', 'mobilefacenet');
  t.is(again.exitCode, 0, again.stderr);
  t.regex(again.stdout, /mobilefacenet is there already, and whole/);

  const pack = await loadPack([join(models, 'mobilefacenet'), join(models, 'yunet')]);
  t.is(pack.name, 'mobilefacenet,yunet,faceapi');
  const vision = await createVision({ pack, engine: await openEngine(), quality: openGates });
  t.teardown(() => vision.close());
  const templates = new Map<string, Template>();
  for (const person of ['p01', 'p02', 'p07']) {
    for (const picture of ['enrol-1', 'probe-1']) {
      const data = bytesOf(`people/${person}/${picture}.jpg`);
      const { sightings } = await vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data });
      t.is(sightings.length, 1);
      templates.set(`${person} ${picture}`, sightings[0]!.template!);
    }
  }
  for (const [name, probe] of templates) {
    if (!name.endsWith('probe-1')) continue;
    const nearest = [...templates]
      .filter(([other]) => other.endsWith('enrol-1'))
      .sort(([, a], [, b]) => cosineDistance(a, probe) - cosineDistance(b, probe))[0]![0];
    t.is(nearest.slice(0, 3), name.slice(0, 3));
  }
});

test('Ctrl-C keeps what has arrived, and the same command goes on there', async (t) => {
  if (!needs(t, 'shared')) return;
  const models = folder();
  const server = await serveCatalogue(t, [
    { kind: 'whole' },
    { kind: 'silent', afterBytes: 2_000_000 },
    { kind: 'whole' },
  ]);
  const part = join(models, '.mobilefacenet.part', 'mobilefacenet.onnx.part');
  t.timeout(60_000);
  const child = spawn(process.execPath, [
    limenFile,
    'models',
    'add',
    'mobilefacenet',
    '--to',
    models,
    '--from',
    server.url,
  ]);
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  while (!existsSync(part) || statSync(part).size < 2_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  t.is(code, 130, stdout);
  t.regex(stdout, /^Stopped\. What has arrived of mobilefacenet is kept/m);
  t.false(existsSync(join(models, 'mobilefacenet')));
  const second = await inModels(models, 'add', 'mobilefacenet', '--from', server.url);
  t.is(second.exitCode, 0, second.stderr);
  t.regex(server.asked.at(-1) ?? '', /bytes=2000000-/);
});

test('a wrong file is never installed, and what to do is said', async (t) => {
  const models = folder();
  const server = await serveFiles(t, {}, [{ kind: 'other', content: new TextEncoder().encode('<html>log in</html>') }]);
  const ended = await inModels(models, 'add', 'yunet', '--from', server.url);
  refuses(t, ended, 65, 'pack.tampered');
  t.false(existsSync(join(models, 'yunet')));
  refuses(t, await inModels(models, 'add', 'no-such-pack'), 66, 'pack.missing');
  const nobody = await inModels(models, 'add', 'yunet', '--from', 'http://127.0.0.1:9');
  refuses(t, nobody, 69, 'pack.unreachable');
});

test('a FaceNet is imported, looked at, and not trusted before it is measured', async (t) => {
  const models = folder();
  const file = join(folder(), 'facenet.onnx');
  writeFileSync(file, faceNetOnnx({ dimensions: 512, layout: 'NHWC', normalise: true }));
  const ended = await inModels(models, 'import', file, '--name', 'facenet', '--input', '160', '--norm', 'prewhiten');
  t.is(ended.exitCode, 0, ended.stderr);
  t.regex(ended.stdout, /It takes 160×160 pixels as NHWC and answers with 512 numbers of unit length/);
  t.regex(ended.stdout, /lets nobody in yet/);
  t.regex(ended.stdout, /limen evaluate calibration --pack facenet/);
  t.regex((await inModels(models, 'list')).stdout, /No impostor figures, so they let nobody in yet: .*facenet/);
});

test('models use says what becomes of the people that are enrolled', async (t) => {
  const models = folder();
  const file = join(folder(), 'door.yaml');
  writeFileSync(file, readFileSync(join(packageRoot(), 'config', 'pi-door.yaml')));
  mkdirSync(join(models, 'mine'));
  const shipped = join(packageRoot(), 'models', 'faceapi');
  const manifest = JSON.parse(readFileSync(join(shipped, 'pack.json'), 'utf8'));
  const {
    graphModel: _graphModel,
    second: _second,
    ...embedder
  } = { ...manifest.embedder, id: 'mine/1', dimensions: 128 };
  const pack = { format: 1, name: 'mine', title: 'mine', licence: 'mine', embedder };
  writeFileSync(join(models, 'mine', 'pack.json'), JSON.stringify(pack));
  writeFileSync(join(models, 'mine', 'embedder.onnx'), readFileSync(join(shipped, 'embedder.onnx')));
  const ended = await inModels(models, 'use', 'mine', '--config', file);
  t.is(ended.exitCode, 0, ended.stderr);
  t.regex(ended.stdout, /recognition\.pack is now mine/);
  t.regex(ended.stdout, /Enrol everybody again: limen people import/);
  t.regex(ended.stdout, /no impostor figures/);
  const json = await inModels(models, 'use', 'faceapi', '--config', file, '--json');
  t.deepEqual(JSON.parse(json.stdout).packs, ['faceapi']);
  t.is((await limen('models', 'use', 'faceapi', '--config', join(models, 'none.yaml'))).exitCode, 78);
});
