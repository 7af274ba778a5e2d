import test from 'ava';
import { createLogger } from '../../src/runtime/logger.ts';
import { EventStream } from '../../src/web/event-stream.ts';
import { createWebServer } from '../../src/web/server.ts';

test('whoever listens is told again and again that the server is there, by a message that a page can hear', async (t) => {
  const server = await createWebServer({ screen: 'kiosk', log: createLogger({ level: 'error', format: 'json' }) });
  t.teardown(() => server.close());
  const live = new EventStream({ greeting: () => [{ type: 'hello' }], beatMs: 5 });
  server.get('/api/live', (_request, reply) => live.join(reply));
  const { body } = await fetch(`${await server.listen({ host: '127.0.0.1', port: 0 })}/api/live`);
  let heard = '';
  for await (const bytes of body!.pipeThrough(new TextDecoderStream())) {
    heard += bytes;
    if (heard.split('event: beat\n').length > 3) break;
  }
  t.true(heard.startsWith('event: hello\ndata: {"type":"hello"}\n\nevent: beat\ndata: '));
});
