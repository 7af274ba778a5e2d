import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext, type TestFn } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { assertPrivate, readSecretFile } from '../../src/runtime/secrets.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test as TestFn);

// `serial` throughout: $CREDENTIALS_DIRECTORY belongs to the whole process.
const inherited = process.env.CREDENTIALS_DIRECTORY;
test.afterEach.always(() => setCredentialsFolder(inherited));

function setCredentialsFolder(path: string | undefined): void {
  if (path === undefined) delete process.env.CREDENTIALS_DIRECTORY;
  else process.env.CREDENTIALS_DIRECTORY = path;
}

function secret(mode: number, path = join(folder(), 'password')): string {
  writeFileSync(path, 'open sesame');
  chmodSync(path, mode);
  return path;
}

function refusal(t: ExecutionContext, path: string): LimenError {
  return t.throws(() => readSecretFile(path), { instanceOf: LimenError });
}

test.serial('a secret of its owner alone is read as it is', (t) => {
  t.is(readSecretFile(secret(0o600)), 'open sesame');
  t.is(readSecretFile(secret(0o400)), 'open sesame');
});

test.serial('a secret that group or others can use in any way is refused, with the mend', (t) => {
  for (const mode of [0o640, 0o660, 0o604, 0o602, 0o644]) {
    const path = secret(mode);
    const error = refusal(t, path);
    t.is(error.code, 'config.secret-exposed', mode.toString(8));
    t.is(error.hint, `chmod 600 ${path}`);
    t.false(error.message.includes('sesame'));
  }
});

test.serial('what is not there is told apart from what cannot be read', (t) => {
  t.is(refusal(t, join(folder(), 'gone')).code, 'key.missing');
  const inTheWay = join(folder(), 'a-folder');
  mkdirSync(inTheWay, { mode: 0o700 });
  const error = refusal(t, inTheWay);
  t.is(error.code, 'file.unreadable');
  t.truthy(error.hint);
});

test.serial("group bits are an access list's mask in systemd's folder; rights of everybody are not", (t) => {
  const credentials = folder();
  setCredentialsFolder(credentials);
  t.is(readSecretFile(secret(0o440, join(credentials, 'site.jwk'))), 'open sesame');
  t.is(refusal(t, secret(0o444, join(credentials, 'open.jwk'))).code, 'config.secret-exposed');
  setCredentialsFolder(undefined);
  t.notThrows(() => assertPrivate('/run/credentials/limen.service/site.jwk', 0o100440));
  t.throws(() => assertPrivate('/run/credentials/limen.service/site.jwk', 0o100444), { instanceOf: LimenError });
});

test.serial('only what lies inside that folder counts as a credential', (t) => {
  const parent = folder();
  const credentials = join(parent, 'credentials');
  mkdirSync(credentials);
  setCredentialsFolder(credentials);
  secret(0o640, join(parent, 'password'));
  t.is(refusal(t, `${credentials}/../password`).code, 'config.secret-exposed');
  mkdirSync(`${credentials}-of-others`);
  t.is(refusal(t, secret(0o640, `${credentials}-of-others/password`)).code, 'config.secret-exposed');
});

test.serial('an empty or relative credentials folder makes no file a credential', (t) => {
  const path = secret(0o640);
  for (const value of ['', '.', 'credentials']) {
    setCredentialsFolder(value);
    t.is(refusal(t, path).code, 'config.secret-exposed', JSON.stringify(value));
  }
});
