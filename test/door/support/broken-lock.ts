/** A driver that fails the way its options say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LimenError } from '../../../src/domain/errors.ts';
import type { Lock, LockOptions } from '../../../src/door/lock.ts';

type Options = LockOptions & { levelFile: string; fails: 'open' | 'release' | 'read-back' | 'crash-on-release' };

export function openLock({ levelFile, fails }: Options): Lock {
  if (fails === 'open') {
    throw new LimenError('door.line-busy', 'The line is held by another program.', { hint: 'Stop that program.' });
  }
  const drive = (level: '0' | '1') => writeFileSync(levelFile, level, { flag: 'r+' });
  drive('0');
  return {
    name: 'broken',
    release: () => {
      if (fails === 'release') throw new LimenError('door.fault', 'The relay board does not answer.');
      drive('1');
      if (fails === 'crash-on-release') setTimeout(() => Promise.reject(new Error('a bug in the lock process')));
    },
    secure: () => drive('0'),
    read: () => (fails !== 'read-back' && readFileSync(levelFile, 'utf8') === '1' ? 'released' : 'secured'),
    close: () => drive('0'),
  };
}
