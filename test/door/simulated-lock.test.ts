import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { openLock } from '../../src/door/simulated-lock.ts';
import { lockContract } from '../contract/lock.ts';

lockContract(test, 'simulated', () => {
  const folder = mkdtempSync(join(tmpdir(), 'limen-lock-'));
  const levelFile = join(folder, 'level');
  const restFile = join(folder, 'lock.rest');
  return {
    restFile,
    open: async () => openLock({ levelFile, restFile }),
    seen: () => (readFileSync(levelFile, 'utf8') === '0' ? 'secured' : 'released'),
    leaveReleased: () => writeFileSync(levelFile, '1'),
    remove: () => rmSync(folder, { recursive: true }),
  };
});

test('a file that cannot be written is a fault with a mend', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'limen-lock-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const error = t.throws(() => openLock({ levelFile: folder, restFile: join(folder, 'lock.rest') }), {
    instanceOf: LimenError,
  });
  t.is(error.code, 'door.fault');
  t.truthy(error.hint);
});

test('a closed lock drives nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'limen-lock-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const levelFile = join(folder, 'level');
  const lock = openLock({ levelFile, restFile: join(folder, 'lock.rest') });
  lock.close();
  t.throws(() => lock.release(), { instanceOf: LimenError });
  t.is(readFileSync(levelFile, 'utf8'), '0');
});
