import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { bundledPeople } from '../../src/demo/manifest.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../src/hub/embedded-broker.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { holdsTemplate, limen, limenFile, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

/** One hub from its first day to its last: every test goes on where the one before it stopped. */
interface Life {
  readonly broker: EmbeddedBroker;
  readonly folder: string;
  readonly config: string;
}

const test = anyTest as TestFn<Life>;
const temporary = temporaryFolders(anyTest as TestFn);
const scene = (name: string) => join(packageRoot(), 'test/people/scenes', name);
const mode = (file: string) => statSync(file).mode & 0o777;
let life: Life;

function picturesOf(id: string): readonly string[] {
  return bundledPeople().people.find((person) => person.id === id)!.pictures;
}

function enrol(id: string, name: string, ...rest: string[]) {
  return limen('people', 'add', id, ...rest, '--name', name, '--config', life.config);
}

test.before(async () => {
  const broker = await startEmbeddedBroker();
  const folder = temporary();
  const config = join(folder, 'hub.yaml');
  writeFileSync(config, stringify({ site: 'hq', dataFolder: 'data', broker: { url: broker.url } }));
  life = { broker, folder, config };
});
test.after.always(() => life?.broker.close());

test.serial('before init there are no keys: 78, and the mend is init', async (t) => {
  const ended = await enrol('1001', 'Ada', ...picturesOf('p01'));
  refuses(t, ended, 78, 'key.missing');
  t.regex(ended.stderr, /limen hub init/);
  const out = join(life.folder, 'too-early');
  refuses(t, await limen('hub', 'provision', 'door', '--config', life.config, '--out', out), 78, 'key.missing');
  t.throws(() => statSync(out), { code: 'ENOENT' });
});

test.serial('init makes the keys of the site, secrets for the owner only', async (t) => {
  const { exitCode, stdout, stderr } = await limen('hub', 'init', '--config', life.config);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^Next: limen hub provision /m);
  t.is(mode(join(life.folder, 'data/hub-keys.json')), 0o600);
});

test.serial('a second init is refused and leaves the keys as they are', async (t) => {
  const file = join(life.folder, 'data/hub-keys.json');
  const before = readFileSync(file, 'utf8');
  refuses(t, await limen('hub', 'init', '--config', life.config), 78, 'key.invalid');
  t.is(readFileSync(file, 'utf8'), before);
});

test.serial('provision writes one private file; the same terminal again needs --replace', async (t) => {
  const out = join(life.folder, 'front-door.limen');
  const provision = ['hub', 'provision', 'front-door', '--config', life.config, '--out', out];
  const { exitCode, stdout, stderr } = await limen(...provision);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /limen provision front-door\.limen --config FILE$/m);
  t.is(mode(out), 0o600);
  const before = readFileSync(out, 'utf8');
  t.false(before.includes(JSON.parse(readFileSync(join(life.folder, 'data/hub-keys.json'), 'utf8')).hub.current.d));
  t.is(JSON.parse(before).broker.url, life.broker.url);
  refuses(t, await limen(...provision), 73, 'file.unwritable');
  const elsewhere = provision.with(-1, join(life.folder, 'again.limen'));
  refuses(t, await limen(...elsewhere), 65, 'terminal.exists');
  t.throws(() => statSync(elsewhere.at(-1)!), { code: 'ENOENT' });
  const replaced = await limen(...provision, '--replace');
  t.is(replaced.exitCode, 0, replaced.stderr);
  t.not(readFileSync(out, 'utf8'), before);
});

test.serial('a terminal is set up with that file, once; another one refuses it', async (t) => {
  const config = join(life.folder, 'door.yaml');
  const terminal = (name: string) =>
    writeFileSync(
      config,
      stringify({
        ...{ site: 'hq', terminal: name, dataFolder: `data-${name}`, door: { driver: 'simulated' } },
        camera: { driver: 'replay', folder: 'pictures' },
      }),
    );
  terminal('front-door');
  const provision = ['provision', join(life.folder, 'front-door.limen'), '--config', config];
  const first = await limen(...provision);
  t.is(first.exitCode, 0, first.stderr);
  t.regex(first.stdout, /This terminal is front-door of hq now/);
  t.is(mode(join(life.folder, 'data-front-door/terminal.limen')), 0o600);
  t.regex((await limen(...provision)).stdout, /nothing was changed/);
  terminal('back-door');
  refuses(t, await limen(...provision), 78, 'provisioning.mismatch');
});

test.serial(
  'a terminal cannot have any name, nor that of the hub; and what goes together is asked for together',
  async (t) => {
    const out = join(life.folder, 'other.limen');
    const as = (name: string, ...more: string[]) =>
      limen('hub', 'provision', name, '--config', life.config, '--out', out, ...more);
    refuses(t, await as('../door'), 64, 'usage.invalid');
    refuses(t, await as('hub'), 64, 'usage.invalid');
    refuses(t, await as('door-2', '--username', 'x'), 64, 'usage.invalid');
    refuses(t, await as('door-2', '--make-certificate', '--broker', 'mqtt://b'), 64, 'usage.invalid');
    refuses(t, await as('door-2', '--make-certificate', '--broker', 'mqtts://b'), 65, 'certificate.invalid');
    t.throws(() => statSync(out), { code: 'ENOENT' });
  },
);

test.serial('certificates are made beside the keys, and one goes into the file of a terminal', async (t) => {
  const made = await limen('hub', 'init', '--certificates', '--broker-host', 'broker.example', '--config', life.config);
  t.is(made.exitCode, 0, made.stderr);
  const out = join(life.folder, 'door-2.limen');
  const where = ['--broker', 'mqtts://broker.example', '--out', out, '--config', life.config];
  const { exitCode, stderr } = await limen('hub', 'provision', 'door-2', '--make-certificate', ...where);
  t.is(exitCode, 0, stderr);
  const { broker } = JSON.parse(readFileSync(out, 'utf8'));
  t.is(broker.ca, readFileSync(join(life.folder, 'data/certificates/ca.pem'), 'utf8'));
  t.regex(broker.cert, /BEGIN CERTIFICATE/);
  t.regex(broker.key, /BEGIN PRIVATE KEY/);
  t.is((await limen('hub', 'certificate', 'broker.example', '--config', life.config)).exitCode, 0);
  t.is((await limen('hub', 'init', '--certificates', '--config', life.config)).exitCode, 64);
});

test.serial(
  'keys are rotated, waited for, finished without whom nobody waits for; a terminal is revoked',
  async (t) => {
    const keys = (...words: string[]) => limen('hub', 'keys', ...words, '--config', life.config);
    refuses(t, await keys('rotate'), 64, 'usage.invalid');
    t.regex(
      (await keys('rotate', '--site-key', '--hub-key')).stdout,
      /new site key and a new key of the hub is on its way/,
    );
    const waiting = await keys('finish');
    t.is(waiting.exitCode, 75);
    t.regex(waiting.stdout, /Not yet at: door-2, front-door\./);
    const status = JSON.parse((await keys('status', '--json')).stdout);
    t.deepEqual(status.waitingFor, ['door-2', 'front-door']);
    const done = await keys('finish', '--without', 'door-2', 'front-door');
    t.is(done.exitCode, 0, done.stderr);
    t.is(done.stdout, 'No change of keys is under way.');
    const revoked = await limen('hub', 'revoke', 'door-2', '--config', life.config);
    t.is(revoked.exitCode, 0, revoked.stderr);
    t.regex(revoked.stdout, /revoked\.pem/);
    t.regex(revoked.stdout, /Not yet at: front-door\./);
    refuses(t, await limen('hub', 'revoke', 'door-9', '--config', life.config), 65, 'terminal.unknown');
  },
);

test.serial('people add makes somebody known and says that the broker has it', async (t) => {
  const { exitCode, stdout, stderr } = await enrol('1001', 'Ada', ...picturesOf('p01'));
  t.is(exitCode, 0, stderr);
  t.is(
    stdout,
    'Enrolled Ada (1001) from 3 pictures, gallery version 1. The broker has it; each terminal takes it as soon as it is connected.',
  );
});

test.serial('the same id is refused, whoever it is', async (t) => {
  refuses(t, await enrol('1001', 'Bea', ...picturesOf('p02')), 65, 'person.exists');
});

test.serial('the same face under another id is refused, and the other id is named', async (t) => {
  const ended = await enrol('1002', 'Ada Again', ...picturesOf('p01'));
  refuses(t, ended, 65, 'person.look-alike');
  t.regex(ended.stderr, /1001/);
});

test.serial('pictures of nobody, of several people, and missing ones are refused by name', async (t) => {
  const empty = await enrol('1003', 'Nobody', scene('empty-corridor.jpg'));
  refuses(t, empty, 65, 'image.no-face');
  t.regex(empty.stderr, /empty-corridor\.jpg/);
  refuses(t, await enrol('1003', 'Crowd', scene('three-people.jpg')), 65, 'image.many-faces');
  refuses(t, await enrol('1003', 'Gone', join(life.folder, 'gone.jpg')), 66, 'file.unreadable');
});

test.serial('people import enrols one person per folder; those it cannot enrol do not stop the others', async (t) => {
  const staff = join(life.folder, 'staff');
  for (const [id, name] of [
    ['p05', '2005 Eve Moss'],
    ['p08', '2008'],
  ] as const) {
    mkdirSync(join(staff, name), { recursive: true });
    for (const file of picturesOf(id).slice(0, 2)) cpSync(file, join(staff, name, file.split('/').at(-1)!));
  }
  const first = await limen('people', 'import', staff, '--config', life.config);
  t.is(first.exitCode, 0, first.stderr);
  t.regex(first.stdout, /^Enrolled Eve Moss \(2005\) from 2 pictures, gallery version 2\./);
  t.regex(first.stdout, /^Enrolled 2008 \(2008\) from 2 pictures, gallery version 3\.$/m);
  t.regex(first.stdout, /^2 of 2 people enrolled\.$/m);

  mkdirSync(join(staff, '2010 Late Comer'));
  cpSync(picturesOf('p10')[0]!, join(staff, '2010 Late Comer/1.jpg'));
  mkdirSync(join(staff, '2011 Nobody There'));
  cpSync(scene('empty-corridor.jpg'), join(staff, '2011 Nobody There/1.jpg'));
  const second = await limen('people', 'import', staff, '--config', life.config);
  t.is(second.exitCode, 65);
  t.regex(second.stdout, /^Enrolled Late Comer \(2010\)/m);
  t.regex(second.stdout, /^failed Nobody There \(2011\): 1\.jpg shows no face\. \[image\.no-face\]$/m);
  t.regex(second.stdout, /^1 of 4 people enrolled, 2 were already, 1 failed\.$/m);
});

test.serial('people import reads a list, finds the pictures, and says line by line who failed and why', async (t) => {
  const at = join(life.folder, 'list');
  mkdirSync(at);
  cpSync(picturesOf('p02')[0]!, join(at, '3001.jpg'));
  cpSync(picturesOf('p03')[0]!, join(at, '3002-1.jpg'));
  cpSync(picturesOf('p03')[1]!, join(at, '3002-2.jpg'));
  cpSync(picturesOf('p04')[0]!, join(at, '9999.jpg'));
  const file = join(at, 'staff.csv');
  const rows = [
    '3001;Bea Ost;staff|night;2026-01-01T00:00:00Z;;77',
    '3002;Cy West;;;;',
    '3003;No Picture;;;;',
    '3001;Twice;;;;',
  ];
  writeFileSync(file, `\uFEFFID;Name;Groups;Valid from;Valid until;Cards\r\n${rows.join('\r\n')}\r\n`);
  const ended = await limen('people', 'import', file, '--group', 'visitors', '--config', life.config, '--json');
  t.is(ended.exitCode, 65, ended.stderr);
  const { outcomes, leftOver, stopped } = JSON.parse(ended.stdout);
  t.deepEqual(
    outcomes.map(({ line, id, outcome, code }: Record<string, unknown>) => [line, id, outcome, code]),
    [
      [2, '3001', 'enrolled', undefined],
      [3, '3002', 'enrolled', undefined],
      [4, '3003', 'failed', 'usage.invalid'],
      [5, '3001', 'failed', 'usage.invalid'],
    ],
  );
  t.regex(outcomes[2].why, /without a picture/);
  t.regex(outcomes[3].why, /line 2/);
  t.deepEqual([leftOver.length, stopped], [1, false]);
  const people = JSON.parse((await limen('people', 'list', '--config', life.config, '--json')).stdout);
  const bea = people.find(({ id }: { id: string }) => id === '3001');
  t.like(bea, { name: 'Bea Ost', groups: ['staff', 'night'], validFrom: '2026-01-01T00:00:00Z', cards: 1, pin: false });
  t.deepEqual(people.find(({ id }: { id: string }) => id === '3002').groups, ['visitors']);
  writeFileSync(file, 'id,name,shoe\n1,A,44\n');
  const odd = await limen('people', 'import', file, '--config', life.config);
  refuses(t, odd, 64, 'usage.invalid');
  t.regex(odd.stderr, /column "shoe"/);
  refuses(t, await limen('people', 'import', join(at, 'none.csv'), '--config', life.config), 66, 'file.unreadable');
});

test.serial('suspended, nobody lets them pass; resumed, they are valid as before', async (t) => {
  const people = (...words: string[]) => limen('people', ...words, '--config', life.config);
  const suspended = await people('suspend', '3001', '--reason', 'card stolen', '--author', 'boss');
  t.is(suspended.exitCode, 0, suspended.stderr);
  t.regex(suspended.stdout, /^Suspended 3001 \(gallery version \d+\)\. The broker has it/);
  refuses(t, await people('suspend', '3001', '--reason', 'again'), 65, 'person.suspended');
  refuses(t, await people('suspend', '3002', '--reason', ' '), 64, 'usage.invalid');
  refuses(t, await people('set', '3001', '--valid-until', '2030-01-01T00:00:00Z'), 65, 'person.suspended');
  t.is((await people('set', '3001', '--group', 'staff')).exitCode, 0);
  t.regex((await people('list', '--suspended')).stdout, /^3001 .*suspended \d{4}-\d\d-\d\d: card stolen/m);
  t.is((await people('resume', '3001')).exitCode, 0);
  refuses(t, await people('resume', '3001'), 65, 'person.suspended');
  const [bea] = JSON.parse((await people('list', '--search', 'bea', '--json')).stdout);
  t.like(bea, { suspended: null, validFrom: '2026-01-01T00:00:00Z', validUntil: null, groups: ['staff'] });
});

test.serial(
  'moved from a day on: at once behind today, on the day ahead of it, and back when it is taken back',
  async (t) => {
    const say = ['--reason', 'new contract', '--author', 'hr', '--config', life.config];
    const groups = async () => {
      const { stdout } = await limen('people', 'list', '--search', '3001', '--json', '--config', life.config);
      return JSON.parse(stdout)[0].groups;
    };
    refuses(t, await limen('people', 'move', '3001', '--from', '2026-03-01', ...say), 64, 'usage.invalid');
    refuses(
      t,
      await limen('people', 'move', '3001', '--group', 'a', '--from', '2026-02-30', ...say),
      64,
      'usage.invalid',
    );
    refuses(
      t,
      await limen('people', 'move', 'nobody', '--group', 'a', '--from', '2026-03-01', ...say),
      64,
      'usage.invalid',
    );
    const moved = await limen('people', 'move', '3001', '--group', 'nights', '--from', '2026-03-01', ...say);
    t.is(moved.exitCode, 0, moved.stderr);
    t.regex(
      moved.stdout,
      /^3001 is in nights from 2026-03-01 on \(entry \S+\)\.\nGallery version \d+\. The broker has it/,
    );
    t.deepEqual(await groups(), ['nights']);
    const ahead = await limen('people', 'move', '3001', '--no-group', '--from', '2199-01-01', '--json', ...say);
    t.is(JSON.parse(ahead.stdout).changed, null);
    t.deepEqual(await groups(), ['nights']);
    const entries = await limen('attendance', 'entries', '--person', '3001', '--config', life.config);
    t.regex(
      entries.stdout,
      /3001 +groups +2026-03-01 nights +hr: new contract\n.*3001 +groups +2199-01-01 no group +hr: /,
    );
    const back = await limen('people', 'move', '3001', '--group', 'staff', '--from', '2026-03-01', ...say);
    t.is(back.exitCode, 0, back.stderr);
    t.deepEqual(await groups(), ['staff']);
  },
);

test.serial('what there is about a person is one document, without what would open a door', async (t) => {
  const ended = await limen('people', 'export', '3001', '--config', life.config);
  t.is(ended.exitCode, 0, ended.stderr);
  const dossier = JSON.parse(ended.stdout);
  t.like(dossier, { format: 'limen-person/1', site: 'hq', id: '3001', erasure: null, events: [], punches: [] });
  t.like(dossier.person, { name: 'Bea Ost', cards: ['77'], pin: false });
  t.like(dossier.person.templates[0], { numbers: 256, picture: '3001.jpg' });
  t.false(holdsTemplate(dossier));
  t.deepEqual(dossier.recipients.terminals, ['door-2', 'front-door']);
  refuses(t, await limen('people', 'export', 'nobody', '--config', life.config), 64, 'usage.invalid');
});

test.serial('erase forgets a person, and lists who has confirmed that: 75 until everybody has', async (t) => {
  const erase = ['people', 'erase', '1001', '--wait', '1s', '--config', life.config];
  const { exitCode, stdout, stderr } = await limen(...erase);
  t.is(exitCode, 75, stderr);
  const after =
    /^1001 is erased since gallery version 12\.\nWorking time stays under the id: .*\nfront-door {2}not yet$/;
  const [said, ...rest] = stdout.split('\n');
  t.is(said, 'Erased 1001. The broker has it; each terminal takes it as soon as it is connected.');
  t.regex(rest.join('\n'), after);
  const again = await limen(...erase);
  t.regex(again.stdout, after);
  t.is(again.exitCode, 75);
  refuses(t, await limen('people', 'erase', '9999', '--config', life.config), 65, 'person.unknown');
});

test.serial(
  'who declined a face is enrolled by card, never by accident, and a face that is there can be forgotten',
  async (t) => {
    const people = (...words: string[]) => limen('people', ...words, '--config', life.config);
    refuses(t, await people('add', '4001', '--no-face', '--name', 'Di'), 64, 'usage.invalid');
    refuses(t, await people('add', '4001', '--no-face', picturesOf('p02')[0]!, '--name', 'Di'), 64, 'usage.invalid');
    const added = await people('add', '4001', '--no-face', '--card', '78', '--name', 'Di');
    t.is(added.exitCode, 0, added.stderr);
    t.regex(added.stdout, /^Enrolled Di \(4001\) without a face, gallery version \d+\./);
    t.regex(added.stdout, /look: Di has no face here, and nobody passes without one/);
    t.regex((await people('list')).stdout, /^4001 .*no face, 1 card$/m);
    refuses(t, await people('forget-face', '4001'), 65, 'person.without-face');

    const forgotten = await people('forget-face', '3001', '--wait', '1s');
    t.is(forgotten.exitCode, 75, forgotten.stderr);
    t.regex(forgotten.stdout, /^Erased the face of 3001, who stays enrolled without one\. The broker has it/);
    t.regex(forgotten.stdout, /^front-door {2}not yet$/m);
    t.is((await people('forget-face', '3001', '--wait', '1s')).exitCode, 75, 'said again, it asks again');
    const dossier = JSON.parse((await people('export', '3001')).stdout);
    t.like(dossier.person, { name: 'Bea Ost', cards: ['77'], templates: [] });
    t.regex(dossier.person.faceErasedAt, /^\d{4}-/);
    const list = join(life.folder, 'declined.csv');
    writeFileSync(list, 'id,name,cards,face\n4002,Ed,79,no\n4003,Flo,80,\n');
    const imported = await people('import', list, '--json');
    t.is(imported.exitCode, 65);
    const { outcomes } = JSON.parse(imported.stdout);
    t.deepEqual(
      outcomes.map(({ id, outcome }: Record<string, unknown>) => [id, outcome]),
      [
        ['4002', 'enrolled'],
        ['4003', 'failed'],
      ],
    );
  },
);

test.serial('rules are set and shown as they were set; what makes no sense is not published', async (t) => {
  const file = join(life.folder, 'rules.yaml');
  const rules = { timeZone: 'Europe/Berlin', permissions: { staff: { groups: ['staff'] } } };
  writeFileSync(file, stringify(rules));
  const none = await limen('hub', 'rules', 'show', '--config', life.config, '--json');
  t.is(none.stdout, 'null');
  const first = await limen('hub', 'rules', 'set', file, '--config', life.config);
  t.is(first.exitCode, 0, first.stderr);
  t.regex(first.stdout, /^Rules of version 1 are set\. The broker has it/);
  writeFileSync(file, stringify({ permissions: { staff: { schedule: 'nowhere' } } }));
  refuses(t, await limen('hub', 'rules', 'set', file, '--config', life.config), 65, 'access.rules-invalid');
  const shown = await limen('hub', 'rules', 'show', '--config', life.config);
  t.deepEqual(parse(shown.stdout), rules);
});

test.serial('a PIN comes from standard input or a private file, and only its hash is kept', async (t) => {
  const set = ['people', 'set', '2005', '--config', life.config];
  const options = { reject: false, input: '2580\n', env: { NO_COLOR: '1' } } as const;
  const piped = await execa(process.execPath, [limenFile, ...set, '--pin-file', '-', '--card', '0123-45678'], options);
  t.is(piped.exitCode, 0, piped.stderr);
  t.regex(piped.stdout, /^Changed 2005 /);
  const pin = join(life.folder, 'pin');
  writeFileSync(pin, '2580', { mode: 0o644 });
  refuses(t, await limen(...set, '--duress-pin-file', pin), 78, 'config.secret-exposed');
  chmodSync(pin, 0o600);
  refuses(t, await limen(...set, '--duress-pin-file', pin), 64, 'access.pin-invalid');
  refuses(
    t,
    await limen('people', 'set', '2008', '--config', life.config, '--card', '123-45678'),
    65,
    'person.card-taken',
  );
  refuses(t, await limen('people', 'set', 'nobody', '--config', life.config, '--group', 'x'), 65, 'person.unknown');
  refuses(t, await limen(...set, '--card', 'what'), 64, 'usage.invalid');
  refuses(t, await limen(...set), 64, 'usage.invalid');
});

test.serial('hub run says that it is ready, and SIGTERM ends it with 0', async (t) => {
  const child = execa(process.execPath, [limenFile, 'hub', 'run', '--config', life.config], { reject: false });
  let said = '';
  for await (const line of child.iterable({ from: 'stderr' })) {
    said += `${line}\n`;
    if (/ready/.test(line)) child.kill('SIGTERM');
  }
  t.is((await child).exitCode, 0, said);
  t.regex(said, /ready/);
  t.regex(said, /stopped/);
});

test.serial('keys that are lost stop everything with 78, and none are made in their place', async (t) => {
  const file = join(life.folder, 'data/hub-keys.json');
  rmSync(file);
  refuses(t, await limen('people', 'erase', '2005', '--config', life.config), 78, 'key.missing');
  refuses(t, await limen('hub', 'run', '--config', life.config), 78, 'key.missing');
  t.throws(() => statSync(file), { code: 'ENOENT' });
});
