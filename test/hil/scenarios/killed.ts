import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { until } from '../../support/wait.ts';
import { holdDoor, lockProcesses } from '../support/door.ts';
import { run } from '../support/limen.ts';
import { levelOf } from '../support/machine.ts';

for (const [driver, line] of [
  ['gpiochip', 8],
  ['onoff', 9],
] as const) {
  test(`${driver}: the daemon is killed in the middle of a pulse, and the relay goes to rest`, async (t) => {
    const { child, said } = await holdDoor(t, { driver, line });
    t.is(said, 'open');
    t.is(levelOf(line), 1);
    const killedMs = performance.now();
    child.kill('SIGKILL');
    await until(() => levelOf(line) === 0);
    t.log(`at rest after ${Math.round(performance.now() - killedMs)} ms`);
    await until(() => lockProcesses().length === 0);
  });

  test(`${driver}: the lock process is killed in the middle of a pulse, and the relay goes to rest`, async (t) => {
    const { child } = await holdDoor(t, { driver, line });
    const [pid] = lockProcesses();
    t.is(levelOf(line), 1);
    const killedMs = performance.now();
    process.kill(pid!, 'SIGKILL');
    await until(() => levelOf(line) === 0);
    t.log(`at rest after ${Math.round(performance.now() - killedMs)} ms`);
    await until(() => lockProcesses().some((another) => another !== pid));
    t.is(levelOf(line), 0);
    child.kill('SIGKILL');
    await until(() => lockProcesses().length === 0);
  });
}

test('a line that another program holds is not taken, and is left as it is', async (t) => {
  const chip = run('sh', '-c', "gpiodetect | sed -n 's/ \\[door\\].*//p'").trim();
  const other = spawn('gpioset', ['-m', 'signal', chip, '10=1'], { stdio: 'ignore' });
  t.teardown(() => other.kill('SIGKILL'));
  await until(() => levelOf(10) === 1);
  for (const driver of ['gpiochip', 'onoff'] as const) {
    const { said } = await holdDoor(t, { driver, line: 10 });
    t.is(said, 'door.line-busy');
    t.is(levelOf(10), 1);
  }
  other.kill('SIGTERM');
  await once(other, 'exit');
});
