import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type TestFn } from 'ava';
import { parse } from 'yaml';
import { jsonSchemas } from '../../src/config/json-schema.ts';
import { loadHubConfig, loadTerminalConfig } from '../../src/config/load.ts';
import { configurationReference } from '../../src/config/reference.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test as TestFn);
const examples = join(packageRoot(), 'config');

const sound = `site: hq
terminal: front
dataFolder: data
camera: { driver: v4l2 }
door: { driver: simulated }
keys: { siteKeyFile: keys/a, hubPublicKeyFile: /b }
`;

function write(text: string): string {
  const file = join(folder(), 'door.yaml');
  writeFileSync(file, text);
  return file;
}

/** The lines of the complaint about a file, without the folder. */
function complaints(text: string): string[] {
  const file = write(text);
  try {
    loadTerminalConfig(file);
  } catch (error) {
    if (error instanceof LimenError && error.code === 'config.invalid') {
      return error.message.split('\n').map((line) => line.replace(file, 'door.yaml'));
    }
    throw error;
  }
  return [];
}

test('paths are relative to the file, names of packs are not paths', (t) => {
  const file = write(sound);
  const config = loadTerminalConfig(file);
  t.is(config.dataFolder, join(file, '..', 'data'));
  t.is(config.keys.siteKeyFile, join(file, '..', 'keys/a'));
  t.is(config.keys.hubPublicKeyFile, '/b');
  t.is(config.recognition.pack, 'faceapi');
  t.is(config.recognition.liveness, 'required');
});

test('every problem is listed, with its place and what is allowed', (t) => {
  t.deepEqual(
    complaints(`site: hq
terminal: front door
dataFoldr: data
camera: { driver: v4l3 }
recognition:
  targetFpir: 2
  agreeing: many
door: { driver: simulated, pulsMs: 3 }
keys: { siteKeyFile: a }
`),
    [
      'door.yaml:1:1: dataFolder: is missing (expected string)',
      'door.yaml:2:11: terminal: use letters, digits, ".", "_" and "-", at most 64',
      'door.yaml:3:1: dataFoldr: there is no such key; did you mean "dataFolder"?',
      'door.yaml:4:19: camera.driver: is not one of "replay", "v4l2", "node-webcam"',
      'door.yaml:6:15: recognition.targetFpir: Too big: expected number to be <=0.05',
      'door.yaml:7:13: recognition.agreeing: expected number, received string',
      'door.yaml:8:28: door.pulsMs: there is no such key; did you mean "pulseMs"?',
      'door.yaml:9:7: keys.hubPublicKeyFile: is missing (expected string)',
    ],
  );
});

test('YAML that is no YAML is told with its place', (t) => {
  t.deepEqual(complaints('a: 1\na: 2\n\tb: 3\n'), [
    'door.yaml:2:1: Map keys must be unique',
    'door.yaml:3:1: Tabs are not allowed as indentation',
  ]);
  t.true(complaints('').length > 3);
});

test('what contradicts itself is refused', (t) => {
  const says = (text: string) => complaints(text).join('\n');
  t.regex(says(sound.replace('door: { driver: simulated }\n', '')), /door: is missing: mode "door" needs a lock/);
  t.regex(
    says(sound.replace('simulated', 'simulated, pulseMs: 20000')),
    /door\.yaml:5:37: door\.pulseMs: 20000 is longer/,
  );
  t.regex(says(`${sound}recognition: { agreeing: 9 }\n`), /9 sightings cannot agree in a window of 5/);
  t.regex(says(`${sound}recognition: { quality: { minBrightness: 230 } }\n`), /leaves nothing below maxBrightness/);
  t.regex(says(`${sound}broker: { url: mqtts://b, certFile: c }\n`), /go together/);
});

test('a file that is not there is told apart from one that is wrong', (t) => {
  const error = t.throws(() => loadTerminalConfig('/nowhere/door.yaml'), { instanceOf: LimenError });
  t.is(error.code, 'config.unreadable');
});

for (const name of ['pi-door', 'jetson-door', 'time-clock', 'demo', 'hub']) {
  test(`the example ${name}.yaml loads, and editors find nothing wrong with it`, (t) => {
    const file = join(examples, `${name}.yaml`);
    t.notThrows(() => (name === 'hub' ? loadHubConfig(file) : loadTerminalConfig(file)));
    const schema = jsonSchemas()[name === 'hub' ? 'limen-hub.schema.json' : 'limen.schema.json']!;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    t.true(validate(parse(readFileSync(file, 'utf8'))), JSON.stringify(validate.errors));
  });
}

test('the JSON Schemas and the reference are those of the schema (npm run schema)', (t) => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    t.deepEqual(JSON.parse(readFileSync(join(examples, name), 'utf8')), JSON.parse(JSON.stringify(schema)));
  }
  t.is(readFileSync(join(packageRoot(), 'docs', 'configuration.md'), 'utf8'), configurationReference());
});
