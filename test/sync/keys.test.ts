import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { createKeys, readHubKeys, readTerminalKeys } from '../../src/sync/keys.ts';
import { temporaryFolder } from '../support/sync.ts';

const filesIn = (folder: string) => ({
  hubPrivateKeyFile: join(folder, 'keys', 'hub.jwk'),
  hubPublicKeyFile: join(folder, 'keys', 'hub.pub.jwk'),
  siteKeyFile: join(folder, 'keys', 'site.jwk'),
});

test('hub and terminal read the same keys; secrets are for their owner only', async (t) => {
  const files = filesIn(await temporaryFolder(t));
  await createKeys(files);
  const [hub, terminal] = [await readHubKeys(files), await readTerminalKeys(files)];
  t.is(hub.id, terminal.id);
  t.is(hub.site.id, terminal.site.id);
  t.is((await stat(files.hubPrivateKeyFile)).mode & 0o777, 0o600);
  t.is((await stat(files.siteKeyFile)).mode & 0o777, 0o600);
  t.false((await readFile(files.hubPublicKeyFile, 'utf8')).includes('"d"'));
});

test('keys are never overwritten', async (t) => {
  const files = filesIn(await temporaryFolder(t));
  await createKeys(files);
  const before = await readFile(files.hubPrivateKeyFile, 'utf8');
  await t.throwsAsync(createKeys(files), { instanceOf: LimenError, code: 'key.invalid' });
  t.is(await readFile(files.hubPrivateKeyFile, 'utf8'), before);
});

test('a secret that everyone may read is refused', async (t) => {
  const files = filesIn(await temporaryFolder(t));
  await createKeys(files);
  await chmod(files.siteKeyFile, 0o644);
  const error = await t.throwsAsync(readTerminalKeys(files), { instanceOf: LimenError, code: 'config.secret-exposed' });
  t.regex((error as LimenError).hint ?? '', /chmod 600/);
});

test('the private key does not pass for the public one', async (t) => {
  const files = filesIn(await temporaryFolder(t));
  await createKeys(files);
  const swapped = { ...files, hubPublicKeyFile: files.hubPrivateKeyFile };
  await t.throwsAsync(readTerminalKeys(swapped), { instanceOf: LimenError, code: 'config.secret-exposed' });
});

test('missing and damaged keys are told apart', async (t) => {
  const files = filesIn(await temporaryFolder(t));
  await t.throwsAsync(readTerminalKeys(files), { instanceOf: LimenError, code: 'key.missing' });
  await createKeys(files);
  for (const text of ['', 'nonsense', '{}', '{"kty":"oct","k":"AAAA"}']) {
    await writeFile(files.siteKeyFile, text);
    await t.throwsAsync(readTerminalKeys(files), { instanceOf: LimenError, code: 'key.invalid' }, text);
  }
});
