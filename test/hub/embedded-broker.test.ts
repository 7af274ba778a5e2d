import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { startEmbeddedBroker } from '../../src/hub/embedded-broker.ts';

test('it takes a free port, and says so when a port is taken', async (t) => {
  const broker = await startEmbeddedBroker();
  t.teardown(() => broker.close());
  t.true(broker.port > 0);
  t.is(broker.url, `mqtt://127.0.0.1:${broker.port}`);
  const error = await t.throwsAsync(startEmbeddedBroker({ port: broker.port }), {
    instanceOf: LimenError,
    code: 'broker.unreachable',
  });
  t.regex((error as LimenError).hint ?? '', /broker\.embedded\.port/);
});

test('an oversize packet ends its connection before it is in memory', async (t) => {
  const broker = await startEmbeddedBroker({ maxPacketBytes: 1000 });
  t.teardown(() => broker.close());
  const socket = connect(broker.port, '127.0.0.1').on('error', () => {});
  // A PUBLISH that announces 256 MB; not one byte of it is sent.
  socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
  await once(socket, 'close');
  t.pass();
});

test('it closes while clients are connected', async (t) => {
  const broker = await startEmbeddedBroker();
  const socket = connect(broker.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await broker.close();
  await closed;
  t.pass();
});
