import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { Webhook } from 'standardwebhooks';
import { webhook } from '../../src/payroll/webhook.ts';
import { boss, payrollHub } from '../support/payroll-hub.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that does what it is told to. */
async function receiver(t: ExecutionContext, timeoutMs = 60_000) {
  const messages: Message[] = [];
  let answer: (message: Message, count: number) => number | 'silence' = () => 204;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const message = { headers: request.headers, body };
    messages.push(message);
    const status = answer(message, messages.length);
    if (status === 'silence') return;
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {});
    response.end('because');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/limen`;
  const hub = await payrollHub(t);
  const target = webhook({ name: 'hook', url, secrets: secret, timeoutMs, nowMs: Date.now });
  await hub.send('gate-1.north', ['2026-03-02T08:00+01:00', 'in'], ['2026-03-02T16:30+01:00', 'out']);
  const said = await hub.office.say({ kind: 'void', punch: 'gate-1.north:2' }, boss);
  await hub.office.say({ kind: 'reverse', entry: said }, boss);
  return {
    ...{ hub, target, url, messages, said },
    answers: (how: typeof answer) => {
      answer = how;
    },
  };
}

const told = (messages: readonly Message[]) => messages.map(({ body }) => JSON.parse(body));

test('every punch and every entry is a message of its own, which the standard’s own library accepts', async (t) => {
  const { hub, target, messages, said } = await receiver(t);
  t.like(await hub.push(target), { taken: 4, refused: [], stopped: null });
  const verifier = new Webhook(secret);
  for (const { headers, body } of messages) t.notThrows(() => verifier.verify(body, headers as Record<string, string>));
  const [first, , voided, reversed] = told(messages);
  t.like(first, { type: 'punch.recorded', timestamp: '2026-03-31T12:00:00.000Z' });
  t.like(first.data, {
    site: 'works',
    punch: 'gate-1.north:1',
    personId: 'ada',
    at: '2026-03-02T07:00:00.000Z',
    code: 'in',
  });
  t.like(voided, { type: 'entry.void', data: { punch: 'gate-1.north:2', author: 'boss', reason: 'as agreed' } });
  t.like(reversed, { type: 'entry.reverse', data: { entry: said } });
  t.true(messages.every(({ headers }) => /^[A-Z0-9_]+$/.test(String(headers['webhook-id']))));
  t.is((await hub.push(target)).taken, 0);
  t.is(messages.length, 4);
});

test('what was not confirmed is told again under the same id and with the same words', async (t) => {
  const { hub, target, messages, answers } = await receiver(t, 1000);
  for (const trouble of [503, 429, 'silence'] as const) {
    answers((_message, count) => (count % 3 === 0 ? trouble : 204));
    while ((await hub.push(target)).stopped !== null);
    const byId = new Map<string, Set<string>>();
    for (const { headers, body } of messages.splice(0)) {
      const id = String(headers['webhook-id']);
      byId.set(id, (byId.get(id) ?? new Set()).add(body));
    }
    t.is(byId.size, 4);
    t.true([...byId.values()].every((bodies) => bodies.size === 1));
    await hub.db.deleteFrom('payroll_cursors').execute();
  }
});

test('a message that is refused is kept, the others go on, and later it is told after all', async (t) => {
  const { hub, target, messages, answers } = await receiver(t);
  answers(({ body }) => (body.includes('"gate-1.north:1"') ? 422 : 204));
  const report = await hub.push(target);
  t.like(report, { taken: 3, stopped: null });
  t.deepEqual(
    report.refused.map(({ item, personId, why }) => [item, personId, why]),
    [['gate-1.north:1', 'ada', 'it answers 422 because']],
  );
  answers(() => 204);
  t.like(await hub.push(target, { again: true }), { taken: 1, refused: [] });
  t.is(messages.length, 5);
});

test('a punch says by what somebody was known, and that the face was refused before', async (t) => {
  const { hub, target, messages } = await receiver(t);
  await hub.push(target);
  messages.length = 0;
  const body = { personId: 'ada', name: 'Ada', direction: 'in', evidence: {} as never } as const;
  const proof = { verifiedBy: ['card'], afterRefusal: 'unknown' } as const;
  await hub.send('gate-2', ['2026-03-03T08:00+01:00', { kind: 'punch.recorded', body: { ...body, ...proof } }]);
  await hub.push(target);
  t.like(told(messages)[0].data, { punch: 'gate-2:1', ...proof });
});

for (const status of [401, 403, 404, 410, 302]) {
  test(`${status} is for somebody to mend: nothing is passed by`, async (t) => {
    const { hub, target, messages, answers } = await receiver(t);
    answers(() => status);
    t.like(await hub.push(target), { taken: 0, refused: [], stopped: { code: 'payroll.denied' } });
    t.is(messages.length, 1);
    answers(() => 200);
    t.is((await hub.push(target)).taken, 4);
  });
}

test('of an unset clock, the punch is told as it was recorded, and then when it really was', async (t) => {
  const { hub, target, messages } = await receiver(t);
  await hub.push(target);
  messages.length = 0;
  await hub.send('gate-9', ['1970-01-01T00:10:00Z', 'in', { clock: 'unsynced' }]);
  await hub.push(target);
  const byMs = Date.parse('2026-03-03T07:00:00Z');
  await hub.send('gate-9', ['2026-03-03T07:20:00Z', { kind: 'clock.stepped', body: { byMs } }]);
  await hub.push(target);
  const [recorded, corrected, ...more] = told(messages);
  t.like(recorded.data, { punch: 'gate-9:1', at: '1970-01-01T00:10:00.000Z', clock: 'unsynced' });
  t.like(corrected, {
    type: 'punch.clock-corrected',
    data: { punch: 'gate-9:1', correctedAt: '2026-03-03T07:10:00.000Z' },
  });
  t.deepEqual(more, []);
});

test('of a clock that turns out to have been right, it is told once when a punch was', async (t) => {
  const { hub, target, messages } = await receiver(t);
  await hub.push(target);
  messages.length = 0;
  await hub.send('gate-9', ['2026-03-03T07:58:00Z', 'in', { clock: 'unsynced' }]);
  await hub.push(target);
  await hub.send('gate-9', ['2026-03-03T07:59:00Z', { kind: 'clock.synced', body: {} }]);
  await hub.push(target);
  await hub.send('gate-9', ['2026-05-10T08:00:00Z', { kind: 'clock.stepped', body: { byMs: 600_000 } }]);
  await hub.push(target);
  const at = '2026-03-03T07:58:00.000Z';
  t.like(told(messages), [
    { type: 'punch.recorded', data: { punch: 'gate-9:1', at, clock: 'unsynced' } },
    { type: 'punch.clock-corrected', data: { punch: 'gate-9:1', at, correctedAt: at } },
  ]);
  t.is(messages.length, 2);
});

test('each step of a clock that is not set yet tells what was known by then; that it is right now, nothing new', async (t) => {
  const { hub, target, messages } = await receiver(t);
  await hub.push(target);
  messages.length = 0;
  const step = (byMs: number) => ({ kind: 'clock.stepped', body: { byMs } }) as const;
  await hub.send(
    'gate-9',
    ['2026-03-03T07:00:00Z', 'in', { clock: 'unsynced' }],
    ['2026-03-03T08:00:00Z', step(3_600_000), { clock: 'unsynced' }],
    ['2026-03-03T08:00:10Z', step(5000), { clock: 'unsynced' }],
    ['2026-03-03T08:01:00Z', { kind: 'clock.synced', body: {} }],
  );
  await hub.push(target);
  t.deepEqual(
    told(messages).map(({ data }) => data.correctedAt),
    [undefined, '2026-03-03T08:00:00.000Z', '2026-03-03T08:00:05.000Z'],
  );
});

test('while a secret is changed, both sign; what is no secret is refused with the way to make one', async (t) => {
  const { hub, url, messages } = await receiver(t);
  const next = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
  const options = { name: 'hook', url, timeoutMs: 60_000, nowMs: Date.now };
  await hub.push(webhook({ ...options, secrets: `${secret}\n${next}\n` }));
  const [{ headers, body }] = messages as [Message];
  for (const one of [secret, next]) t.notThrows(() => new Webhook(one).verify(body, headers as Record<string, string>));
  for (const secrets of ['', 'password', 'whsec_c2hvcnQ=']) {
    t.throws(() => webhook({ ...options, secrets }), { code: 'key.invalid' });
  }
});
