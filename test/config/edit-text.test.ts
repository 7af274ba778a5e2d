import test from 'ava';
import { type Edits, editConfigText } from '../../src/config/edit-text.ts';

const file = `# Our hub. Ask Ada before you change anything.
site: hq
dataFolder: "/var/lib/limen-hub" # on the good disk
broker: { url: mqtt://127.0.0.1:1883 }

log:
  level: info # debug prints every event
  format: json
`;

const edited = (edits: Record<string, string | number | undefined>, text = file) =>
  editConfigText(text, 'hub', new Map(Object.entries(edits)) as Edits);

test('a value changes, and everything else of the file stays as somebody wrote it', (t) => {
  t.is(edited({ 'log.level': 'warn' }), file.replace('level: info', 'level: warn'));
  t.is(edited({}), file);
  t.is(edited({ 'log.level': 'info' }), file, 'nothing is different');
});

test('a section that was not there is added; a value that is taken out leaves its default', (t) => {
  t.is(edited({ 'gallery.validDays': 14 }), `${file}gallery:\n  validDays: 14\n`);
  t.is(edited({ 'log.level': undefined }), file.replace('  level: info # debug prints every event\n', ''));
  t.is(edited({ 'gallery.validDays': undefined }), file);
});

test('what the next start would refuse is refused now, and so is what stands in several places at once', (t) => {
  const refused = { code: 'config.invalid' } as const;
  t.regex(t.throws(() => edited({ 'log.level': 'loud' }), refused)!.message, /log\.level/);
  t.throws(() => edited({ 'gallery.validDays': -1 }), refused);
  t.throws(() => edited({ 'log.level': 'warn' }, file.replace('hq', '')), refused);
  t.throws(() => edited({ 'log.level.much': 'warn' }), refused);
  const shared = file.replace('log:\n', 'x: &x\n').replace('site: hq', 'site: hq\nlog: *x');
  t.throws(() => edited({ 'log.level': 'warn' }, shared), refused);
});
