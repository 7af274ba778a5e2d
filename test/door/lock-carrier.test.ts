import { join } from 'node:path';
import test from 'ava';
import { reachLockService } from '../../src/door/lock-service.ts';
import { startLockProcess } from '../../src/door/lock-spawn.ts';
import { lockCarrierContract } from '../contract/lock-carrier.ts';
import { until } from '../support/wait.ts';
import { isAlive, lockProcessesOf, makeBench, simulatedLock } from './support/bench.ts';
import { lockServiceBench } from './support/lock-service.ts';

// Serial: "the lock process of this process" is found by its parent.
lockCarrierContract(test.serial as typeof test, 'a lock process of its own', async (t) => {
  const { folder, level, levelFile } = makeBench(t);
  const lock = simulatedLock(levelFile);
  const terms = { lock, longestPulseMs: 120_000, longestHoldMs: 0, silenceMs: 60_000 };
  return {
    level,
    reach: () => startLockProcess({ ...terms, folder: join(folder, 'door') }),
    async killLockProcess() {
      const [pid = 0] = lockProcessesOf();
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid));
    },
    restart: async () => {},
  };
});

lockCarrierContract(test.serial as typeof test, 'the lock service', async (t) => {
  const { level, service, start, kill } = lockServiceBench(t);
  await start();
  return {
    level,
    reach: () => reachLockService(service),
    killLockProcess: () => kill(),
    restart: async () => void (await start()),
  };
});
