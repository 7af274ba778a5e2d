import { request } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { hubConfigSchema } from '../../src/config/schema.ts';
import { accountBook } from '../../src/console/accounts.ts';
import { openConsole } from '../../src/console/console.ts';
import { atHub } from '../../src/console/place.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { everyIdler } from '../support/idlers.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerOf, startHub } from '../support/site.ts';
import { temporaryFolder, until } from '../support/sync.ts';

/** A console of a hub that was never set up, to be reached from everywhere. */
async function firstStart(t: ExecutionContext) {
  const keys = await freshKeys(t);
  const broker = (await brokerOf(t, 'aedes 3.1.1'))!;
  await broker.start();
  const dataFolder = await temporaryFolder(t);
  const config = hubConfigSchema.parse({
    ...{ site: 'plant', dataFolder, broker: { url: broker.url } },
    console: { address: '0.0.0.0', port: 0 },
  });
  const printed = new PassThrough();
  const console = await openConsole({
    config: { ...config, console: config.console! },
    ...{ log: createLogger({ level: 'warn', format: 'json' }, printed), clock: systemClock, hub: null },
    openHub: async () => {
      await createHubKeys(join(dataFolder, 'hub-keys.json'));
      const { hub, store, link } = await startHub(t, { broker, keys });
      return { hub, store, link, site: 'plant', keyring: keys.hub };
    },
  });
  t.teardown(() => console.close());
  const [, code = ''] = /setup code ([\w-]+)/.exec(String(printed.read())) ?? [];
  return { console, code };
}

interface Asked {
  readonly status: number;
  readonly body: string;
}

/** The certificate signs itself, which is what is tested. */
function ask(url: string, { method = 'GET', host, body }: { method?: string; host?: string; body?: object } = {}) {
  return new Promise<Asked>((resolve, reject) => {
    const headers = { 'x-limen': '1', 'content-type': 'application/json', ...(host && { host }) };
    const asking = request(url, { method, headers, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    asking.on('error', reject);
    asking.end(body && JSON.stringify(body));
  });
}

/** An address of this machine that others can reach, or another of its own where it has none. */
const elsewhere =
  Object.values(networkInterfaces())
    .flatMap((those) => those ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';

test('nothing listens beyond this machine until somebody has a password; then everything does, encrypted', async (t) => {
  const { console, code } = await firstStart(t);
  const { port } = new URL(console.url);
  t.is(console.url, `https://127.0.0.1:${port}`);
  await t.throwsAsync(ask(`https://${elsewhere}:${port}/api/session`), { code: 'ECONNREFUSED' });
  t.regex((await ask(`${console.url}/api/session`)).body, /"to-set-up"/);
  const account = { name: 'ada', password: 'correct horse battery', code };
  const rebound = await ask(`${console.url}/api/setup`, { method: 'POST', host: 'evil.example', body: account });
  t.is(rebound.status, 403);
  t.true(rebound.body.includes(`https://localhost:${port}`), rebound.body);
  for (const wrong of [undefined, '', 'AAAA-AAAA', `${code}A`]) {
    const guessed = await ask(`${console.url}/api/setup`, { method: 'POST', body: { ...account, code: wrong } });
    t.true([400, 403].includes(guessed.status), guessed.body);
  }
  t.regex((await ask(`${console.url}/api/session`)).body, /"to-set-up"/, 'no keys were made');
  const made = await ask(`${console.url}/api/setup`, { method: 'POST', body: account });
  t.is(made.status, 200, made.body);
  const again = await ask(`${console.url}/api/setup`.replace('0.0.0.0', '127.0.0.1'), {
    method: 'POST',
    body: account,
  });
  t.is(again.status, 409);
  const reached = await ask(`https://${elsewhere}:${port}/api/session`);
  t.regex(reached.body, /"signed-out"/);
});

test('an account that was made on the command line is noticed, and everything listens then', async (t) => {
  const broker = (await brokerOf(t, 'aedes 3.1.1'))!;
  await broker.start();
  const keys = await freshKeys(t);
  const { hub, store, link } = await startHub(t, { broker, keys });
  const dataFolder = await temporaryFolder(t);
  const config = hubConfigSchema.parse({
    ...{ site: 'plant', dataFolder, broker: { url: broker.url } },
    console: { address: '0.0.0.0', port: 0 },
  });
  const waiting: (() => void)[] = [];
  const timers = {
    after: (_ms: number, run: () => void) => {
      waiting.push(run);
      return () => {};
    },
    random: () => 0,
  };
  const opened = { hub, store, link, site: 'plant', keyring: keys.hub };
  const console = await openConsole({
    config: { ...config, console: config.console! },
    ...{ log: createLogger({ level: 'error', format: 'json' }), clock: systemClock, timers },
    ...{ hub: opened, openHub: async () => opened },
  });
  t.teardown(() => console.close());
  const { port } = new URL(console.url);
  const passed = () => {
    for (const run of waiting.splice(0)) run();
  };
  passed();
  await until(() => waiting.length > 0);
  await t.throwsAsync(ask(`https://${elsewhere}:${port}/api/session`), { code: 'ECONNREFUSED' });
  const ada = { name: 'ada', role: 'administrator', password: 'correct horse battery' } as const;
  await accountBook(store.db, { clock: systemClock, place: atHub }).add(ada);
  const reached = () => ask(`https://${elsewhere}:${port}/api/session`).catch(() => null);
  await until(async () => {
    passed();
    return (await reached()) !== null;
  });
  t.regex((await reached())!.body, /"signed-out"/);
});

test('the console closes at once, whoever is connected and says nothing', async (t) => {
  t.timeout(60_000);
  const { console } = await firstStart(t);
  const waiting = await everyIdler(t, console.url);
  await console.close();
  await t.notThrowsAsync(Promise.all(waiting.map(({ cut }) => cut)));
});
