/** A driver that fails the way its options say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LimenError } from '../../../src/domain/errors.ts';
import type { Gpio } from '../../../src/gpio/gpio.ts';

type Options = { levelFile: string; fails: 'open' | 'release' | 'read-back' | 'crash-on-release' };

export async function openGpio(options: object): Promise<Gpio> {
  const { levelFile, fails } = options as Options;
  const drive = (active: boolean) => writeFileSync(levelFile, active ? '1' : '0', { flag: 'r+' });
  const release = () => {
    if (fails === 'release') throw new LimenError('door.fault', 'The relay board does not answer.');
    drive(true);
    if (fails === 'crash-on-release') setTimeout(() => Promise.reject(new Error('a bug in the lock process')));
  };
  return {
    locate: () => ({ kind: 'file', path: levelFile }),
    openOutput: async () => {
      if (fails === 'open') {
        throw new LimenError('door.line-busy', 'The line is held by another program.', { hint: 'Stop that program.' });
      }
      drive(false);
      return {
        name: 'broken',
        write: (active) => (active ? release() : drive(false)),
        read: () => fails !== 'read-back' && readFileSync(levelFile, 'utf8') === '1',
        close: () => {},
      };
    },
    openInput: () => Promise.reject(new Error('it has no inputs')),
    close: () => {},
  };
}
