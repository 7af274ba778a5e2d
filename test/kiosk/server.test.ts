import { request } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import type { ScreenMessage } from '../../src/kiosk/message.ts';
import { PictureFeed } from '../../src/kiosk/picture-feed.ts';
import { createScreenServer, listenForEver, type ScreenServerParts } from '../../src/kiosk/server.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { everyIdler } from '../support/idlers.ts';

const log = createLogger({ level: 'error', format: 'json' }, { write: () => true } as unknown as NodeJS.WritableStream);
const setup: ScreenServerParts['setup'] = {
  ...{ terminal: 'front-door', mode: 'door', picture: true, sounds: false, pinPad: 'asked', keys: [], timeZone: null },
  words: { looking: 'One moment' },
};

/** A screen that is really served, on a free port. */
async function serve(t: ExecutionContext, changes: Partial<ScreenServerParts> = {}) {
  const entered: object[] = [];
  const pressed: string[] = [];
  const feed = new PictureFeed({
    encoder: { encode: async () => null, close: async () => {} },
    nowMs: () => performance.now(),
  });
  const server = await createScreenServer({
    ...{ setup, feed, log, greeting: () => [hello], press: (key) => pressed.push(key) },
    enter: async (typed) => {
      entered.push(typed);
    },
    ...changes,
  });
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await feed.close();
    await server.close();
  });
  const post = (path: string, body: object, headers: Record<string, string> = { 'x-limen': '1' }) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { ...{ server, url, feed, entered, pressed, post } };
}

const hello = { type: 'face', widthPx: 1, heightPx: 1, box: null } satisfies ScreenMessage;

test('the page, its script and its words come from the terminal, under a policy that lets nothing else in', async (t) => {
  const { url } = await serve(t);
  const page = await fetch(url);
  t.is(page.status, 200);
  t.regex(page.headers.get('content-security-policy')!, /default-src 'none'.*script-src 'self'/);
  t.is((await fetch(`${url}/screen.js`)).status, 200);
  t.deepEqual(await (await fetch(`${url}/api/setup`)).json(), setup);
});

test('whoever comes is told the state as it is, and everything after that', async (t) => {
  const { url, server } = await serve(t);
  const response = await fetch(`${url}/api/live`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: RegExp) => {
    while (!wanted.test(text)) text += (await reader.read()).value ?? '';
  };
  await until(/event: face\ndata: .*"widthPx":1/);
  server.tell({ ...hello, widthPx: 640 });
  await until(/"widthPx":640/);
  await reader.cancel();
  t.pass();
});

test('pictures are handed out as they come, one for each question, and never kept by the browser', async (t) => {
  const { url, feed } = await serve(t);
  const offering = setInterval(
    () => feed.offer({ id: 7, format: 'jpeg', capturedAtMs: 0, data: new Uint8Array([1, 2, 3]) }),
    20,
  );
  t.teardown(() => clearInterval(offering));
  const response = await fetch(`${url}/api/picture?after=3`);
  t.is(response.headers.get('content-type'), 'image/jpeg');
  t.is(response.headers.get('cache-control'), 'no-store');
  t.is(response.headers.get('x-frame'), '7');
  t.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array([1, 2, 3]));
});

test('twenty viewers who ask and never read hold nothing up', async (t) => {
  const { url, feed } = await serve(t);
  const picture = new Uint8Array(250_000);
  let id = 0;
  const offering = setInterval(() => feed.offer({ id: ++id, format: 'jpeg', capturedAtMs: 0, data: picture }), 10);
  t.teardown(() => clearInterval(offering));
  for (let i = 0; i < 20; i++) {
    const stuck = request(`${url}/api/picture`, (response) => response.pause());
    stuck.on('error', () => {});
    stuck.end();
    t.teardown(() => stuck.destroy());
  }
  for (let i = 0; i < 5; i++) {
    const response = await fetch(`${url}/api/picture?after=${id}`);
    t.is((await response.arrayBuffer()).byteLength, picture.byteLength);
  }
});

test('without a picture there is none', async (t) => {
  const { url } = await serve(t, { feed: null });
  t.is((await fetch(`${url}/api/picture`)).status, 204);
});

test('a PIN goes to the keypads way, and every answer to it is the same', async (t) => {
  const { entered, post } = await serve(t);
  const answers = await Promise.all([
    post('/api/pin', { digits: '2580' }),
    post('/api/pin', { personId: 'p01', digits: '2580' }),
  ]);
  for (const answer of answers) {
    t.is(answer.status, 204);
    t.is(await answer.text(), '');
  }
  // Whose PIN it is may be typed only where the configuration has a pad for that.
  t.deepEqual(entered, [{ digits: '2580' }]);
  for (const digits of ['258', 'abcd', '1234567890123']) t.is((await post('/api/pin', { digits })).status, 400);
  const always = await serve(t, { setup: { ...setup, pinPad: 'always' } });
  await always.post('/api/pin', { personId: 'p01', digits: '2580' });
  t.deepEqual(always.entered, [{ personId: 'p01', digits: '2580' }]);
  const off = await serve(t, { setup: { ...setup, pinPad: 'off' } });
  t.is((await off.post('/api/pin', { digits: '2580' })).status, 204);
  t.deepEqual(off.entered, []);
});

test('a key of the time clock is pressed; one that it has not is a mistake with its mend', async (t) => {
  const { pressed, post } = await serve(t);
  t.is((await post('/api/key', { name: 'in' })).status, 204);
  t.deepEqual(pressed, ['in']);
  const strict = await serve(t, {
    press: () => {
      throw new LimenError('usage.invalid', 'There is no such key.');
    },
  });
  const refused = await strict.post('/api/key', { name: 'nap' });
  t.is(refused.status, 400);
  t.like(await refused.json(), { code: 'usage.invalid' });
});

test('a page of another site gets nothing, whatever name it has given this machine', async (t) => {
  const { url, post, entered } = await serve(t);
  const statusFor = (headers: Record<string, string>, path = '/api/picture') =>
    new Promise<number>((resolve) => {
      request(`${url}${path}`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      }).end();
    });
  t.is(await statusFor({ host: 'evil.example' }), 403);
  t.is(await statusFor({ host: 'evil.example:8088' }, '/'), 403);
  t.is(await statusFor({ 'sec-fetch-site': 'cross-site' }), 403);
  t.is(await statusFor({ host: 'localhost:8088' }, '/api/setup'), 200);
  t.is((await post('/api/pin', { digits: '2580' }, {})).status, 403);
  t.deepEqual(entered, []);
});

test('a port that somebody else holds is said once, and the screen comes when it is free', async (t) => {
  const first = await serve(t);
  const said: string[] = [];
  const telling = createLogger({ level: 'info', format: 'json' }, {
    write: (line: string) => said.push(line),
  } as unknown as NodeJS.WritableStream);
  const second = await createScreenServer({
    ...{ setup, feed: null, log, greeting: () => [], press: () => {}, enter: async () => {} },
  });
  t.teardown(() => second.close());
  const leaving = new AbortController();
  const port = Number(new URL(first.url).port);
  const listening = listenForEver(second, { address: '127.0.0.1', port }, { log: telling, signal: leaving.signal });
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  t.regex(said[0]!, /the screen cannot be shown/);
  leaving.abort();
  await listening;
  t.is(said.length, 1);
});

test('the screen closes at once, whoever is connected and says nothing', async (t) => {
  t.timeout(30_000);
  const { server, url } = await serve(t);
  const waiting = await everyIdler(t, url);
  await server.close();
  await t.notThrowsAsync(Promise.all(waiting.map(({ cut }) => cut)));
});
