import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type ErrorCode, isLimenError, LimenError } from '../../src/domain/errors.ts';
import { changeHubKeyFile, createHubKeys, readHubKeyFile } from '../../src/hub/hub-key-file.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { installProvisioning, provisionedFileIn } from '../../src/sync/provisioned-file.ts';
import { parseProvisioning } from '../../src/sync/provisioning.ts';
import { openTerminalKeyring } from '../../src/sync/terminal-keyring.ts';
import { writeProvisioning } from '../support/keys.ts';
import { temporaryFolder } from '../support/sync.ts';

const code = (expected: ErrorCode) => ({ instanceOf: LimenError, code: expected });

/** A hub, and the file of one of its terminals. */
async function site(t: ExecutionContext, name = 'plant', terminal = 'door-1') {
  const folder = await temporaryFolder(t);
  const hubKeys = join(folder, 'hub-keys.json');
  await createHubKeys(hubKeys);
  const file = join(folder, `${terminal}.limen`);
  const provision = (out = file) => writeProvisioning({ site: name, terminal, hubKeys, out });
  await provision();
  return { folder, hubKeys, file, provision, identity: { site: name, terminal, dataFolder: join(folder, 'data') } };
}

test('the keys of a hub are private, made once, and never overwritten', async (t) => {
  const { hubKeys } = await site(t);
  t.is(statSync(hubKeys).mode & 0o777, 0o600);
  const before = readFileSync(hubKeys, 'utf8');
  await t.throwsAsync(createHubKeys(hubKeys), code('key.invalid'));
  t.is(readFileSync(hubKeys, 'utf8'), before);
  chmodSync(hubKeys, 0o644);
  await t.throwsAsync(readHubKeyFile(hubKeys), code('config.secret-exposed'));
  chmodSync(hubKeys, 0o600);
  writeFileSync(hubKeys, '{"format":1}');
  await t.throwsAsync(readHubKeyFile(hubKeys), code('key.invalid'));
  await t.throwsAsync(readHubKeyFile(join(hubKeys, '..', 'gone')), code('key.missing'));
});

test('two who change the keys at once do it one after the other', async (t) => {
  const { hubKeys } = await site(t);
  await Promise.all(Array.from({ length: 5 }, () => changeHubKeyFile(hubKeys, (now) => now)));
  t.is((await readHubKeyFile(hubKeys)).sequence, 5);
});

test('a terminal is provisioned by one private file, which never holds a private key of the hub', async (t) => {
  const { file, hubKeys, identity } = await site(t);
  t.is(statSync(file).mode & 0o777, 0o600);
  const hub = await readHubKeyFile(hubKeys);
  t.false(readFileSync(file, 'utf8').includes(hub.hub.current.d));
  t.is(await openTerminalKeyring(identity), null);
  t.is(await installProvisioning(file, identity), 'new');
  t.is(statSync(provisionedFileIn(identity.dataFolder)).mode & 0o777, 0o600);
  const ring = await openTerminalKeyring(identity);
  t.is(ring?.document.keys.site[0]?.k, hub.site.current.k);
  t.is(ring?.held.hub.length, 1);
});

test('the same file again changes nothing, a newer one replaces, an older or foreign one is refused', async (t) => {
  const { folder, file, identity, provision } = await site(t);
  await installProvisioning(file, identity);
  const place = provisionedFileIn(identity.dataFolder);
  // The hub changed keys since: what was put into place is older than what is there.
  const kept = JSON.parse(readFileSync(place, 'utf8'));
  writeFileSync(place, JSON.stringify({ ...kept, keys: { ...kept.keys, sequence: 7 } }));
  t.is(await installProvisioning(file, identity), 'already there');
  t.is((await openTerminalKeyring(identity))?.held.sequence, 7);

  await new Promise((resolve) => setTimeout(resolve, 2));
  const newer = join(folder, 'newer.limen');
  await provision(newer);
  t.is(await installProvisioning(newer, identity), 'replaced');
  t.is((await openTerminalKeyring(identity))?.held.sequence, 0);
  t.false(existsSync(`${place}.previous`));
  await t.throwsAsync(installProvisioning(file, identity), {
    ...code('provisioning.mismatch'),
    message: /is older than/,
  });
  t.is(await installProvisioning(file, identity, { replace: true }), 'replaced');

  const other = await site(t, 'annex', 'door-9');
  await t.throwsAsync(installProvisioning(other.file, identity), {
    ...code('provisioning.mismatch'),
    message: /is for door-9 of annex; this terminal is door-1 of plant/,
  });
  const moved = { ...other.identity, dataFolder: identity.dataFolder };
  await t.throwsAsync(installProvisioning(other.file, moved), {
    ...code('provisioning.mismatch'),
    message: /belongs to door-1 of plant/,
  });
  await t.throwsAsync(openTerminalKeyring(moved), code('provisioning.mismatch'));
  t.is(await installProvisioning(other.file, moved, { replace: true }), 'replaced');
  t.is((await openTerminalKeyring(moved))?.document.site, 'annex');
});

test('one sentence for each fault, and the terminal stays as it was', async (t) => {
  const { file, identity } = await site(t);
  const sound = JSON.parse(readFileSync(file, 'utf8'));
  const { keys } = sound;
  const faults: [string, ErrorCode, RegExp][] = [
    ['', 'provisioning.invalid', /is not JSON, or was cut short/],
    [readFileSync(file, 'utf8').slice(0, 300), 'provisioning.invalid', /cut short/],
    ['{}', 'provisioning.invalid', /says nothing about a terminal/],
    ['null', 'provisioning.invalid', /says nothing about a terminal/],
    [JSON.stringify({ ...sound, format: 2 }), 'file.newer-version', /newer limen/],
    [JSON.stringify({ ...sound, terminal: '../x' }), 'provisioning.invalid', /"terminal"/],
    [JSON.stringify({ ...sound, keys: { ...keys, site: [] } }), 'provisioning.invalid', /"keys.site"/],
    [
      JSON.stringify({ ...sound, keys: { ...keys, signing: { ...keys.signing, d: 'short' } } }),
      'provisioning.invalid',
      /"keys.signing.d"/,
    ],
    [
      JSON.stringify({ ...sound, keys: { ...keys, hub: [{ ...keys.signing }] } }),
      'provisioning.invalid',
      /"keys.hub.0"/,
    ],
    [
      JSON.stringify({ ...sound, broker: { ...sound.broker, url: 'http://b' } }),
      'provisioning.invalid',
      /"broker.url"/,
    ],
    [
      JSON.stringify({ ...sound, broker: { ...sound.broker, ca: '-----BEGIN NONSENSE-----' } }),
      'provisioning.invalid',
      /cannot be used/,
    ],
    ['x'.repeat(300_000), 'provisioning.invalid', /far too large/],
  ];
  for (const [text, expected, message] of faults) {
    writeFileSync(file, text);
    const error = await t.throwsAsync(
      installProvisioning(file, identity),
      { ...code(expected), message },
      text.slice(0, 60),
    );
    t.truthy(error?.hint);
    t.false(error?.message.includes(keys.signing.d));
  }
  t.false(existsSync(provisionedFileIn(identity.dataFolder)));
  chmodSync(file, 0o644);
  await t.throwsAsync(installProvisioning(file, identity), code('config.secret-exposed'));
  await t.throwsAsync(installProvisioning(`${file}.gone`, identity), code('key.missing'));
});

test('a terminal whose file is damaged goes back to the generation before; without one it does not start', async (t) => {
  const { file, identity } = await site(t);
  await installProvisioning(file, identity);
  const place = provisionedFileIn(identity.dataFolder);
  const ring = (await openTerminalKeyring(identity))!;
  const { keys } = ring.document;
  const message = {
    format: wireFormat,
    site: 'plant',
    terminal: 'door-1',
    sequence: 1,
    issuedAt: new Date().toISOString(),
    rosterVersion: 3,
  } as const;
  t.true(await ring.adopt({ ...message, hub: keys.hub.map((key) => ({ key, proof: '' })), siteKeys: [...keys.site] }));
  t.is(ring.document.rosterVersion, 3);
  writeFileSync(place, 'damaged');
  t.is((await openTerminalKeyring(identity))?.held.sequence, 0);
  writeFileSync(`${place}.previous`, 'damaged');
  await t.throwsAsync(openTerminalKeyring(identity), code('provisioning.invalid'));
});

test('no text is taken for a provisioning file, and none ends the program', async (t) => {
  const { file } = await site(t);
  const sound = readFileSync(file, 'utf8');
  const mutated = fc
    .tuple(fc.nat(sound.length - 1), fc.nat(200), fc.string({ maxLength: 40 }))
    .map(([at, length, text]) => sound.slice(0, at) + text + sound.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), mutated), (text) => {
      try {
        return parseProvisioning(text, 'x').kind === 'limen-terminal';
      } catch (error) {
        return isLimenError(error, 'provisioning.invalid') || isLimenError(error, 'file.newer-version');
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
