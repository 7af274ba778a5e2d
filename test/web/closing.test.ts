import { Readable } from 'node:stream';
import test from 'ava';
import { makeSelfSigned } from '../../src/hub/certificates.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { EventStream } from '../../src/web/event-stream.ts';
import { createWebServer } from '../../src/web/server.ts';
import { everyIdler, idle } from '../support/idlers.ts';

const log = createLogger({ level: 'error', format: 'json' });
const names = { name: 'localhost', hosts: ['127.0.0.1'] };

function* endless() {
  for (;;) yield Buffer.alloc(65_536);
}

for (const scheme of ['http', 'https'] as const) {
  test(`${scheme}: closing waits for nobody, whatever they send, hear or leave unread`, async (t) => {
    t.timeout(30_000);
    const tls = scheme === 'https' && (await makeSelfSigned({ ...names, now: new Date(), days: 2 }));
    const server = await createWebServer({ screen: 'kiosk', log, ...(tls && { tls }) });
    t.teardown(() => server.server.close());
    const live = new EventStream({ greeting: () => [{ type: 'hello' }] });
    server.get('/api/live', (_request, reply) => live.join(reply));
    server.get('/api/endless', (_request, reply) => reply.send(Readable.from(endless())));
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    const waiting = [
      ...(await everyIdler(t, url)),
      await idle(t, url, { sends: get('/api/live'), answer: /event: hello/ }),
    ];
    await idle(t, url, { sends: get('/api/endless'), answer: /200 OK/, reads: false });
    await server.close();
    await Promise.all(waiting.map(({ cut }) => cut));
    t.is(live.viewers, 0);
  });
}

test('a request has to be here, whole, within a time that the largest picture needs on a slow line', async (t) => {
  const server = await createWebServer({ screen: 'kiosk', log });
  t.teardown(() => server.close());
  t.is((server.server as { requestTimeout?: number }).requestTimeout, 120_000);
});
