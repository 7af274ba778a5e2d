import { once } from 'node:events';
import type { ExecutionContext, TestFn } from 'ava';
import type { LockCarrier } from '../../src/door/lock-carrier.ts';
import { LockClient } from '../../src/door/lock-client.ts';
import { until } from '../support/wait.ts';

/** A lock process that can be reached, and somebody who looks at its line. `1` is released. */
export interface CarrierBench {
  reach(): Promise<LockCarrier>;
  level(): string;
  /** SIGKILL: the line stays as it is. */
  killLockProcess(): Promise<void>;
  /** What a supervisor does after that, where it is not `reach` itself. */
  restart(): Promise<void>;
}

/** What the daemon may rely on, whoever runs the lock process. */
export function lockCarrierContract(
  test: TestFn,
  name: string,
  makeBench: (t: ExecutionContext) => Promise<CarrierBench>,
): void {
  const check = (promise: string, body: (t: ExecutionContext, bench: CarrierBench) => Promise<void>) =>
    test(`${name}: ${promise}`, async (t) => body(t, await makeBench(t)));

  check('what is asked is done, and told as it is read back', async (t, bench) => {
    const { client, secured } = await open(bench);
    let leaseMs = 0;
    await client.request({ lease: 60_000 }, (answer) => {
      leaseMs = answer.leaseMs;
    });
    t.true(leaseMs > 0);
    t.is(bench.level(), '1');
    t.regex(client.lockName, /^simulated /);
    await client.request({ secure: 'enough' });
    t.is(bench.level(), '0');
    t.deepEqual(secured, ['enough']);
    await client.stop();
  });

  check('what is refused is thrown, and changes nothing', async (t, bench) => {
    const { client } = await open(bench);
    await client.request({ lease: 60_000 });
    await t.throwsAsync(client.request({ hold: 1000 }), { code: 'door.hold-refused' });
    t.is(bench.level(), '1');
    await client.stop();
  });

  check('letting go brings the line to rest, and the end is told once', async (t, bench) => {
    const { client, ends } = await open(bench);
    await client.request({ lease: 60_000 });
    await client.stop();
    await until(() => bench.level() === '0');
    t.is(ends.length, 1);
    await t.throwsAsync(client.request({ lease: 60_000 }), { code: 'door.lock-process-failed' });
    t.is(bench.level(), '0');
  });

  check('a malformed message brings the line to rest and ends it', async (t, bench) => {
    const { client, carrier, ends } = await open(bench);
    await client.request({ lease: 60_000 });
    carrier.socket.write('open sesame\n');
    await until(() => bench.level() === '0');
    await until(() => ends.length === 1);
    t.pass();
  });

  check('given up at once, the line is at rest when it is reached again', async (t, bench) => {
    const { client, carrier, ends } = await open(bench);
    await client.request({ lease: 60_000 });
    carrier.abandon();
    await until(() => ends.length === 1);
    const again = await open(bench);
    t.is(bench.level(), '0');
    await again.client.stop();
  });

  check('a lock process that is killed mid-pulse is told of, and the next one is at rest', async (t, bench) => {
    const { client, ends } = await open(bench);
    await client.request({ lease: 60_000 });
    await bench.killLockProcess();
    await until(() => ends.length === 1);
    await t.throwsAsync(client.request({ secure: 'never heard' }), { code: 'door.lock-process-failed' });
    await bench.restart();
    const again = await open(bench);
    t.is(bench.level(), '0');
    await again.client.request({ lease: 60_000 });
    t.is(bench.level(), '1');
    await again.client.stop();
  });

  check('lockdown is remembered for one daemon only: the next one says it again', async (t, bench) => {
    const { client } = await open(bench);
    await client.request({ lockdown: true });
    await t.throwsAsync(client.request({ lease: 60_000 }), { code: 'door.lockdown' });
    await client.stop();
    const again = await open(bench);
    await again.client.request({ lease: 60_000 });
    t.is(bench.level(), '1');
    await again.client.stop();
  });

  check('a lock process on other terms is not used, and stays at rest', async (t, bench) => {
    const carrier = await bench.reach();
    const terms = { ...carrier.terms, longestPulseMs: carrier.terms.longestPulseMs + 1 };
    const error = await t.throwsAsync(open({ ...bench, reach: async () => ({ ...carrier, terms }) }), {
      code: 'door.lock-settings-differ',
    });
    t.regex(error.message, /: longestPulseMs is \d+, not \d+\.$/);
    t.regex((error as { hint?: string }).hint ?? '', /[Rr]estart limen-lock/);
    t.is(bench.level(), '0');
    if (!carrier.socket.closed) await once(carrier.socket, 'close');
  });
}

async function open(bench: Pick<CarrierBench, 'reach'>) {
  const carrier = await bench.reach();
  const secured: string[] = [];
  const ends: string[] = [];
  const client = await LockClient.open(carrier, {
    answerMs: 60_000,
    onSecured: (cause) => secured.push(cause),
    onEnd: (reason) => ends.push(reason),
  });
  return { client, carrier, secured, ends };
}
