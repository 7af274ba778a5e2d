import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type TestFn } from 'ava';
import { parse } from 'yaml';
import { jsonSchemas } from '../../src/config/json-schema.ts';
import { explainConfig, loadHubConfig, loadTerminalConfig } from '../../src/config/load.ts';
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
provisioning: keys/door.limen
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
  t.is(config.provisioning, join(file, '..', 'keys/door.limen'));
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
`),
    [
      'door.yaml:1:1: dataFolder: is missing; expected text',
      'door.yaml:2:11: terminal: "front door" does not fit: use letters, digits, ".", "_" and "-", at most 64',
      'door.yaml:3:1: dataFoldr: there is no such key; did you mean "dataFolder"?',
      'door.yaml:4:19: camera.driver: "v4l3" is not allowed; expected one of "replay", "v4l2", "node-webcam"; did you mean "v4l2"?',
      'door.yaml:6:15: recognition.targetFpir: 2 is not allowed; expected a number above 0, at most 0.05',
      'door.yaml:7:13: recognition.agreeing: "many" is not allowed; expected a whole number from 2 to 20',
      'door.yaml:8:28: door.pulsMs: there is no such key; did you mean "pulseMs"?',
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
  for (const challenge of ['turn', 'any']) {
    const narrow = `${sound}recognition: { challenge: ${challenge}, quality: { maxYawDeg: 20 } }\n`;
    t.regex(says(narrow), /maxYawDeg: 20 turns away everybody who turns the head/);
  }
  t.is(says(`${sound}recognition: { challenge: blink, quality: { maxYawDeg: 20 } }\n`), '');
  t.regex(says(`${sound}broker: { url: mqtts://b, certFile: c }\n`), /go together/);
  t.regex(
    says(`${sound}broker: { url: 'mqtt://[' }\n`),
    /door\.yaml:7:16: broker\.url: "mqtt:\/\/\[" is not a whole address/,
  );
});

test('a time clock that contradicts itself is told so, each in a sentence', (t) => {
  const clock = sound.replace('door: { driver: simulated }\n', 'mode: punch\n');
  const says = (text: string) => complaints(`${clock}${text}`).map((line) => line.replace(/^door\.yaml:\d+:\d+: /, ''));
  t.deepEqual(complaints(`${sound}punch: { direction: out }\n`), [
    'door.yaml:7:8: punch: has no effect in mode "door": write mode: punch, which may open a door as well',
  ]);
  t.deepEqual(complaints(sound), []);
  t.deepEqual(says(''), []);
  const wrongs: [text: string, sentence: string][] = [
    ['punch: { direction: ask }', 'punch.direction: "ask" waits for a key, and punch.keys has none'],
    [
      'punch: { schedule: [{ during: mornings, means: in }] }',
      'punch.schedule.0.during: there is no schedule mornings in access.schedules',
    ],
    [
      'punch: { keys: { weld: { means: change } } }',
      'punch.keys.weld.work: is missing: a change goes on with some other work, and has to say which',
    ],
    [
      'punch: { keys: { home: { means: out, work: welding } } }',
      'punch.keys.home.work: says nothing on "out": nobody works on anything then',
    ],
    [
      'punch: { keys: { home: { means: out, typed: "2" } } }',
      'punch.keys.home.typed: needs a keypad: a reader in access.readers that gives "pin" or "both"',
    ],
    [
      'punch: { keys: { home: { means: out, button: { line: 5 } } } }',
      'punch.keys.home.button: needs punch.panel: nobody says which GPIO driver it is on',
    ],
    [
      'punch: { panel: { driver: simulated, outputs: { green: { line: 5 } } }, keys: { home: { means: out, button: { line: 5 } } } }',
      'punch.keys.home.button.line: line 5 of that chip is punch.panel.outputs.green already',
    ],
    [
      'punch: { panel: { driver: simulated, outputs: { green: { line: 5 } } } }\ndoor: { driver: simulated, outputs: { red: { line: 5 } } }',
      'punch.panel.outputs.green.line: line 5 of that chip is door.outputs.red already',
    ],
    [
      'punch: { panel: { driver: onoff }, keys: { home: { means: out, button: { line: 5 } } } }',
      'punch.keys.home.button.bias: "pull-up" cannot be set through sysfs: use driver "gpiochip", or bias "as-is" and a resistor',
    ],
    [
      'punch: { fallback: { accept: card-and-pin } }\naccess: { readers: [{ driver: simulated, gives: card }] }',
      'punch.fallback.accept: "card-and-pin" needs a reader in access.readers that gives "pin" or "both"',
    ],
  ];
  for (const [text, sentence] of wrongs) t.deepEqual(says(`${text}\n`), [sentence]);
  const pad = 'access: { readers: [{ driver: simulated, gives: pin }] }\n';
  t.deepEqual(says(`${pad}punch: { keys: { a: { means: in, typed: "1" }, b: { means: out, typed: "1" } } }\n`), [
    'punch.keys.b.typed: "1" is the key a already',
  ]);
  const hours = "access: { schedules: { early: { periods: [{ days: [mon], from: '05:00', to: '10:00' }] } } }\n";
  const twice = '[{ during: early, means: in }, { during: early, means: out }]';
  t.deepEqual(says(`${hours}punch: { schedule: ${twice} }\n`), [
    'punch.schedule.1.during: is never asked: early stands further up already',
  ]);
});

test('a password in the address of the broker is refused: the file is no place for secrets', (t) => {
  const [complaint, ...others] = complaints(`${sound}broker: { url: 'mqtt://ada:sesame@b' }\n`);
  t.regex(complaint ?? '', /broker\.url: holds a name or a password: use broker\.username and broker\.passwordFile$/);
  t.deepEqual(others, []);
});

test('no complaint repeats the password of an address', (t) => {
  for (const url of [
    'mqtt://ada:sesame@b',
    'mqtt://ada:sesame@[',
    'http://ada:sesame@b',
    'ada:sesame@b',
    'a:s/sesame@b',
  ]) {
    const [complaint, ...others] = complaints(`${sound}broker: { url: '${url}' }\n`);
    t.regex(complaint ?? '', /7:16: broker\.url: /, url);
    t.false(complaint?.includes('sesame'), complaint);
    t.deepEqual(others, []);
  }
});

test('a broker with everything that TLS and a password take is sound', (t) => {
  const keys = 'username: u, passwordFile: p, caFile: a, certFile: c, keyFile: k';
  t.deepEqual(complaints(`${sound}broker: { url: mqtts://b, ${keys} }\n`), []);
  t.deepEqual(complaints(`${sound}broker: { url: wss://b/mqtt, ${keys} }\n`), []);
});

test('a database is an address without secrets, and says so where it is not encrypted', (t) => {
  const hub = (store: string) => () =>
    loadHubConfig(write(`site: hq\ndataFolder: d\nbroker: { url: mqtt://b }\nstore: { ${store} }\n`));
  const postgres = (url: string, more = '') => hub(`driver: postgres, url: '${url}'${more}`);
  t.deepEqual(hub('driver: sqlite')().store, { driver: 'sqlite' });
  const full = postgres('postgres://limen@db.example/limen?sslmode=verify-full', ', passwordFile: p, caFile: ca.pem')();
  t.regex(String(full.store.driver === 'postgres' && full.store.passwordFile), /^\/.*\/p$/);
  t.notThrows(postgres('postgres://limen@127.0.0.1:5433/limen'));
  t.notThrows(postgres('postgresql:///limen?host=/run/postgresql'));
  t.notThrows(postgres('postgres://limen@10.0.0.7/limen?sslmode=disable'));
  const refused = (url: string, message: RegExp, more = '') => {
    const error = t.throws(postgres(url, more), { message });
    t.false(error?.message.includes('sesame'), error?.message);
  };
  refused('postgres://limen:sesame@localhost/limen', /store\.url: holds a password: use store\.passwordFile/);
  refused('postgres://localhost/limen?password=sesame', /store\.url: holds a password/);
  refused('postgres://limen@localhost', /store\.url: names no database/);
  refused('postgres://limen@db.example/limen', /store\.url: goes over the network without TLS/);
  refused('postgres://limen@db.example/limen?sslmode=require', /sslmode "require" is not "verify-full" or "disable"/);
  refused('postgres://localhost/limen', /store\.caFile: has no effect without TLS/, ', caFile: ca.pem');
  refused('mysql://db/limen', /store\.url: /);
});

test('the embedded broker listens where its address says', (t) => {
  const hub = (broker: string) => () => loadHubConfig(write(`site: hq\ndataFolder: d\nbroker: { ${broker} }\n`));
  t.notThrows(hub('url: "mqtt://127.0.0.1:1884", embedded: { port: 1884 }'));
  t.notThrows(hub('url: "mqtt://127.0.0.1:1884", embedded: { port: 0 }'));
  t.notThrows(hub('url: mqtt://127.0.0.1, embedded: {}'));
  t.throws(hub('url: "mqtt://127.0.0.1:1884", embedded: {}'), {
    message: /broker\.embedded\.port: 1883 is not the port of broker\.url \(1884\)/,
  });
});

test('the explained configuration is itself one, with every default', (t) => {
  const config = loadTerminalConfig(write(sound));
  const text = explainConfig(config);
  t.regex(text, /targetFpir: 0\.001/);
  t.deepEqual(loadTerminalConfig(write(text)), config);
});

test('what contradicts itself is told together with what is wrong elsewhere', (t) => {
  const text = sound.replace('hq', 'h q').replace('simulated', 'simulated, pulseMs: 20000');
  t.deepEqual(
    complaints(text).map((line) => line.split(' ')[1]),
    ['site:', 'door.pulseMs:'],
  );
});

const slips: Record<string, [text: string, complaint: string]> = {
  'a number that is meant as a name': [
    'broker: { url: mqtt://b, username: 1001 }',
    'door.yaml:7:36: broker.username: is a number; expected text: write "1001", in quotes',
  ],
  'a version that YAML takes for a number': [
    'broker: { url: mqtt://b, protocol: 5 }',
    'door.yaml:7:36: broker.protocol: is a number; expected one of "5", "3.1.1": write "5", in quotes',
  ],
  'a name with a zero in front': [
    'broker: { url: mqtt://b, username: 0123 }',
    'door.yaml:7:36: broker.username: is a number; expected text: write "0123", in quotes',
  ],
  'a number that is none': [
    'recognition: { minMargin: .nan }',
    'door.yaml:7:27: recognition.minMargin: NaN is not allowed; expected a number from 0 to 1',
  ],
  'a password without a name': [
    'broker: { url: mqtts://b, passwordFile: p }',
    'door.yaml:7:41: broker.passwordFile: needs broker.username: MQTT has no password without a name',
  ],
  'a certificate for a line in the clear': [
    'broker: { url: mqtt://b, caFile: c }',
    'door.yaml:7:34: broker.caFile: has no effect without TLS: broker.url must begin with mqtts:// or wss://',
  ],
  'a line without a colon': ['log\njournal: {}', 'door.yaml:7:1: a colon is missing here; a line is "key: value"'],
  'a key without a value': ['log:', 'door.yaml:7:5: log: is empty; expected a section with keys of its own'],
  'a list for a section': ['log: [info]', 'door.yaml:7:6: log: is a list; expected a section with keys of its own'],
  'half a sighting': [
    'recognition: { agreeing: 2.5 }',
    'door.yaml:7:26: recognition.agreeing: 2.5 is not allowed; expected a whole number from 2 to 20',
  ],
  'a slip in a value': [
    'recognition: { liveness: of }',
    'door.yaml:7:26: recognition.liveness: "of" is not allowed; expected one of "off", "required"; did you mean "off"?',
  ],
  'a key that is like no other': [
    'journal: { folder: x }',
    'door.yaml:7:12: journal.folder: there is no such key; known here are retentionDays',
  ],
  'an anchor that is not there': [
    'log: *shared',
    'door.yaml:7:6: *shared refers to an anchor that is not set before it',
  ],
  'a tag': ['log: !info x', 'door.yaml:7:6: Unresolved tag: !info'],
  'a key that is a list': ['? [a]\n: 1', 'door.yaml:7:3: a key has to be text'],
  'a second document': [
    '---\nb: 1',
    'door.yaml:7:1: a second document starts here ("---"); a configuration is one document',
  ],
};
for (const [what, [text, complaint]] of Object.entries(slips)) {
  test(`${what} is refused at its place`, (t) => {
    t.deepEqual(complaints(`${sound}${text}\n`), [complaint]);
  });
}

test('a home folder is not guessed', (t) => {
  t.deepEqual(complaints(sound.replace('data\n', '"~/data"\n')), [
    'door.yaml:3:13: dataFolder: "~/data" does not fit: write the whole path: "~" is for shells',
  ]);
});

test('aliases that stand for gigabytes are refused', (t) => {
  const layers = 'abcdefghij'.split('').map((name, i, names) => {
    const inside = i === 0 ? '1' : `*${names[i - 1]}`;
    return `${name}: &${name} [${Array(9).fill(inside).join(', ')}]`;
  });
  t.regex(complaints(layers.join('\n')).join(), /^door\.yaml:1:1: Excessive alias count/);
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

for (const name of ['pi-door', 'jetson-door', 'time-clock']) {
  test(`the example ${name}.yaml says what its liveness stops, right above it`, (t) => {
    const text = readFileSync(join(examples, `${name}.yaml`), 'utf8');
    const [, comment] = /((?:^ *#.*\n)+) *liveness: required$/m.exec(text) ?? [];
    t.regex(comment ?? '', /READ THIS[\s\S]*PHOTOGRAPH/);
  });
}

test('the JSON Schema refuses what the daemon refuses', (t) => {
  const validate = new Ajv2020({ strict: false }).compile(jsonSchemas()['limen.schema.json']);
  t.true(validate(parse(sound)), JSON.stringify(validate.errors));
  t.false(validate(parse(`${sound}lgo: {}\n`)));
  t.false(validate(parse(`${sound}journal: { retentionDays: 0 }\n`)));
  t.false(validate(parse(sound.replace('simulated', 'magnetic'))));
});

test('every key has a meaning in the reference', (t) => {
  const rows = configurationReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  t.true(rows.length > 50);
  t.deepEqual(
    rows.filter((row) => row.split('|').at(-2)?.trim() === ''),
    [],
  );
});

test('the JSON Schemas and the reference are those of the schema (npm run schema)', (t) => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    t.deepEqual(JSON.parse(readFileSync(join(examples, name), 'utf8')), JSON.parse(JSON.stringify(schema)));
  }
  t.is(readFileSync(join(packageRoot(), 'docs', 'configuration.md'), 'utf8'), configurationReference());
});

test('a file of the other kind is one mistake, not one for every key', (t) => {
  const hub = write('site: hq\ndataFolder: data\nbroker: { url: mqtt://127.0.0.1:1, embedded: {} }\n');
  const wrong = t.throws(() => loadTerminalConfig(hub), { instanceOf: LimenError, code: 'config.invalid' });
  t.is(wrong!.message, `${hub} is a hub's configuration; this needs a terminal's.`);
  const door = write(sound);
  const other = t.throws(() => loadHubConfig(door), { instanceOf: LimenError, code: 'config.invalid' });
  t.is(other!.message, `${door} is a terminal's configuration; this needs the hub's.`);
  t.regex(other!.hint!, /config\/hub\.yaml/);
});

test("a terminal's own console is off unless it is there, and set up as a hub's", (t) => {
  t.is(loadTerminalConfig(write(sound)).console, undefined);
  const file = write(`${sound}console: {}\n`);
  t.deepEqual(loadTerminalConfig(file).console, { address: '127.0.0.1', port: 8420 });
  const own = loadTerminalConfig(
    write(`${sound}console: { address: 0.0.0.0, port: 0, certFile: a.pem, keyFile: b.pem }\n`),
  ).console;
  t.regex(own?.certFile ?? '', /^\/.*\/a\.pem$/);
  const [says = '', ...more] = complaints(`${sound}console: { certFile: a.pem }\n`);
  t.deepEqual(more, []);
  t.regex(says, /console\.certFile: console\.certFile and console\.keyFile go together/);
  t.regex(complaints(`${sound}console: { port: 70000 }\n`).join(), /console\.port/);
});
