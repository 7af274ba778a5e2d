import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Lock } from '../../src/door/lock.ts';
import { LockKeeper } from '../../src/door/lock-keeper.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const silenceMs = 20;

/** A turn of the loop: everything that waits in a socket is read between two of them. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A keeper with an opening that runs, and a clock that moves by {@link stall} only: however slow this machine is, no more
 * time goes by for the keeper.
 */
function released(t: ExecutionContext) {
  const { now } = performance;
  let nowMs = 1000;
  performance.now = () => nowMs;
  t.teardown(() => {
    performance.now = now;
  });
  const ended: string[] = [];
  let level: 'released' | 'secured' = 'secured';
  const lock: Lock = {
    name: 'fake',
    release: () => {
      level = 'released';
    },
    secure: () => {
      level = 'secured';
    },
    read: () => level,
    close: () => {},
  };
  const keeper = new LockKeeper({
    ...{ lock, silenceMs, longestPulseMs: 60_000, longestHoldMs: 0 },
    onSecured: (cause) => ended.push(cause),
    onStuck: (error) => t.fail(String(error)),
  });
  keeper.ask({ kind: 'lease', ms: 10_000 });
  const stall = (forMs: number) => {
    nowMs += forMs;
    // Real time, so that the timers of before the stall are due when it is over.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * silenceMs);
  };
  return { keeper, ended, level: () => level, stall };
}

/** A socket, and the keeper's end of it, on which every byte is a beat. */
async function beatsFor(t: ExecutionContext, keeper: LockKeeper): Promise<{ holder: Socket; heard: () => number }> {
  let beats = 0;
  const path = join(folder(), 'socket');
  const server = createServer((socket) => {
    socket.on('data', () => {
      beats += 1;
      keeper.heard();
    });
  }).listen(path);
  await once(server, 'listening');
  const holder = connect(path);
  await Promise.all([once(holder, 'connect'), once(server, 'connection')]);
  t.teardown(() => {
    holder.destroy();
    server.close();
  });
  return { holder, heard: () => beats };
}

test.serial(
  'after a stall of its own, the beats that wait in the socket are heard before silence is told',
  async (t) => {
    const { keeper, ended, level, stall } = released(t);
    const { holder, heard } = await beatsFor(t, keeper);
    await turn();
    holder.write('.');
    stall(1000);
    await turn();
    await turn();
    t.is(heard(), 1);
    t.deepEqual(ended, []);
    t.is(level(), 'released');
  },
);

test.serial('where no beat waits after a stall, the opening ends one turn later, and no later', async (t) => {
  const { ended, level, stall } = released(t);
  await turn();
  stall(1000);
  // The timer is due in the first of them, and what it set for the turn's end in the second.
  await turn();
  await turn();
  t.deepEqual(ended, ['silence']);
  t.is(level(), 'secured');
});

test.serial('a lease that has ended meanwhile is not waited for, whatever beats come', async (t) => {
  const { keeper, ended, level, stall } = released(t);
  const { holder, heard } = await beatsFor(t, keeper);
  await turn();
  holder.write('.');
  stall(60_000);
  await turn();
  await turn();
  t.is(heard(), 1);
  t.deepEqual(ended, ['lease-ended']);
  t.is(level(), 'secured');
});
