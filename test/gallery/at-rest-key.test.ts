import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { galleryKeyCredential, loadAtRestKey } from '../../src/gallery/at-rest-key.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test('the key is made once, for the owner only, and then read', async (t) => {
  const file = join(folder(), 'gallery.key');
  const made = await loadAtRestKey({ file });
  t.is(made.length, 32);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.deepEqual(await loadAtRestKey({ file }), made);
  t.notDeepEqual(await loadAtRestKey({ file: join(folder(), 'gallery.key') }), made);
});

test('who only looks makes no key', async (t) => {
  const file = join(folder(), 'gallery.key');
  const error = await t.throwsAsync(loadAtRestKey({ file, create: false }), { instanceOf: LimenError });
  t.is(error?.code, 'key.missing');
  t.false(existsSync(file));
  const made = await loadAtRestKey({ file });
  t.deepEqual(await loadAtRestKey({ file, create: false }), made);
});

for (const mode of [0o640, 0o604, 0o644, 0o620]) {
  test(`a key file with mode ${mode.toString(8)} is refused`, async (t) => {
    const file = join(folder(), 'gallery.key');
    await loadAtRestKey({ file });
    chmodSync(file, mode);
    const error = await t.throwsAsync(loadAtRestKey({ file }), { instanceOf: LimenError });
    t.is(error?.code, 'config.secret-exposed');
    t.true(error?.hint?.includes(`chmod 600 ${file}`));
  });
}

for (const [name, content] of [
  ['empty', ''],
  ['too short', 'abcdef'],
  ['not hexadecimal', `${'z'.repeat(64)}\n`],
] as const) {
  test(`a key file that is ${name} is refused and left alone`, async (t) => {
    const file = join(folder(), 'gallery.key');
    writeFileSync(file, content, { mode: 0o600 });
    const error = await t.throwsAsync(loadAtRestKey({ file }), { instanceOf: LimenError });
    t.is(error?.code, 'key.invalid');
    t.is(readFileSync(file, 'utf8'), content);
    if (content.length > 0) t.false(`${error?.message}${error?.hint}`.includes(content.trim()));
  });
}

test("systemd's credential comes before the file, ACL bits and all", async (t) => {
  const credentialsFolder = folder();
  const file = join(folder(), 'gallery.key');
  await loadAtRestKey({ file });
  const credential = join(credentialsFolder, galleryKeyCredential);
  writeFileSync(credential, 'ab'.repeat(32), { mode: 0o440 });
  t.deepEqual(await loadAtRestKey({ file, credentialsFolder }), Buffer.alloc(32, 0xab));
  chmodSync(credential, 0o444);
  await t.throwsAsync(loadAtRestKey({ file, credentialsFolder }), { code: 'config.secret-exposed' });
});

test('without a credential of ours the file is used', async (t) => {
  const file = join(folder(), 'gallery.key');
  const made = await loadAtRestKey({ file, credentialsFolder: folder() });
  t.is(readFileSync(file, 'utf8').trim(), made.toString('hex'));
});
