import test from 'ava';
import { CompactSign } from 'jose';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import { maxMessageBytes } from '../../src/sync/jose-text.ts';
import { type Head, recordFromWire, recordToWire, wireFormat } from '../../src/sync/messages.ts';
import { freshKeys } from '../support/keys.ts';
import { somebody } from '../support/sync.ts';

const head: Head = {
  format: wireFormat,
  site: 'plant',
  lineage: 'L1',
  version: 3,
  embedder: 'test/1',
  count: 0,
  buckets: {},
  issuedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
};
const ada = { kind: 'person', lineage: 'L1', id: 'ada', version: 3, person: somebody('ada', 3) } as const;
const bytes = (text: string) => new TextEncoder().encode(text);
const code = (expected: ErrorCode) => ({ instanceOf: LimenError, code: expected });

test('a person survives the journey and the broker sees nothing of them', async (t) => {
  const { hub: keys } = await freshKeys(t);
  const sealed = await sealer(keys).record(recordToWire('plant', ada));
  for (const part of sealed.split('.')) t.false(Buffer.from(part, 'base64url').includes('ada'));
  const opened = await opener('plant', keys).record(bytes(sealed), 'ada');
  t.deepEqual(recordFromWire(opened), ada);
});

test('a record cannot be moved: not to another person, another site or the head', async (t) => {
  const { hub: keys } = await freshKeys(t);
  const sealed = bytes(await sealer(keys).record(recordToWire('plant', ada)));
  await t.throwsAsync(opener('plant', keys).record(sealed, 'eve'), code('message.invalid'));
  await t.throwsAsync(opener('annex', keys).record(sealed, 'ada'), code('message.invalid'));
  await t.throwsAsync(opener('plant', keys).head(sealed), code('message.invalid'));
  const ack = await sealer(keys).ack({
    format: wireFormat,
    site: 'plant',
    terminal: 'door',
    seq: 1,
    hash: '0'.repeat(64),
  });
  await t.throwsAsync(opener('plant', keys).head(bytes(ack)), code('message.invalid'));
  await t.throwsAsync(opener('plant', keys).ack(bytes(ack), 'other'), code('message.invalid'));
});

test('only the holder of the hub key and the site key can write', async (t) => {
  const [ours, theirs] = [(await freshKeys(t)).hub, (await freshKeys(t)).hub];
  const open = opener('plant', ours);
  await t.throwsAsync(open.head(bytes(await sealer(theirs).head(head))), code('gallery.signature-invalid'));
  const wire = recordToWire('plant', ada);
  await t.throwsAsync(open.record(bytes(await sealer(theirs).record(wire)), 'ada'), code('gallery.signature-invalid'));
  const terminalTurned = sealer({ hub: theirs.hub, signing: theirs.signing, site: ours.site });
  await t.throwsAsync(open.record(bytes(await terminalTurned.record(wire)), 'ada'), code('gallery.signature-invalid'));
});

test('one altered character is found out', async (t) => {
  const { hub: keys } = await freshKeys(t);
  const sealed = await sealer(keys).head(head);
  const middle = Math.floor(sealed.length / 2);
  const altered = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
  const error = await t.throwsAsync(opener('plant', keys).head(bytes(altered)), { instanceOf: LimenError });
  t.regex(error?.code ?? '', /^(gallery\.signature-invalid|message\.invalid)$/);
});

test('what is not signed, not JOSE, not JSON or of another shape is refused', async (t) => {
  const { hub: keys } = await freshKeys(t);
  const open = opener('plant', keys);
  for (const text of ['', 'hello', JSON.stringify(head), 'a.b.c', 'e30..e30', '\u0000\u0001', 'a'.repeat(100_000)]) {
    await t.throwsAsync(open.head(bytes(text)), { instanceOf: LimenError }, text.slice(0, 20));
  }
  const sign = (payload: string) =>
    new CompactSign(bytes(payload))
      .setProtectedHeader({ alg: 'EdDSA', kid: keys.signing.id, typ: 'limen-head' })
      .sign(keys.signing.key);
  await t.throwsAsync(open.head(bytes(await sign('not json'))), code('message.invalid'));
  await t.throwsAsync(open.head(bytes(await sign(`{"format":${wireFormat}}`))), code('message.invalid'));
  await t.throwsAsync(
    open.head(bytes(await sign(JSON.stringify({ ...head, format: wireFormat + 1 })))),
    code('message.invalid'),
  );
});

test('an oversize message is refused before it is looked at', async (t) => {
  const { hub: keys } = await freshKeys(t);
  const huge = new Uint8Array(maxMessageBytes + 1);
  await t.throwsAsync(opener('plant', keys).head(huge), code('message.too-large'));
  await t.throwsAsync(opener('plant', keys).record(huge, 'ada'), code('message.too-large'));
});
