/**
 * npm's onoff on plain files under /sys/class/gpio; run in a mount namespace of its own.
 * Plain files do what they are told and no more: the level follows a written direction on a real kernel only.
 */
import { readFileSync } from 'node:fs';
import { LimenError } from '../../../src/domain/errors.ts';
import { openLock } from '../../../src/door/onoff-lock.ts';
import { exportLine, makeSysfs } from './fake-sysfs.ts';

const root = '/sys/class/gpio';
const options = { chipLabel: 'pinctrl-bcm2711', line: 17, activeLow: true, restFile: `${root}/lock.rest` };
makeSysfs(root);
const valueFile = exportLine(root, 529, '1');
const level = () => readFileSync(valueFile, 'utf8').slice(0, 1);

// The driver insists on reading "out" back; a plain file shows the "high" that was written. Show both sides of it.
const denied = await openLock(options).catch((error: unknown) => error);
const directionWritten = readFileSync(`${root}/gpio529/direction`, 'utf8').trim();
const { Gpio } = await import('../../../src/door/onoff.ts').then(async ({ loadOnoff }) => ({
  Gpio: await loadOnoff(),
}));
const lock = await openLock(options, {
  loadGpio: async () =>
    class extends Gpio {
      override direction(): string {
        return 'out';
      }
    },
});
const levels = [level()];
const read = [lock.read()];
for (const step of [lock.release, lock.secure]) {
  step();
  levels.push(level());
  read.push(lock.read());
}
lock.close();
console.log(
  JSON.stringify({
    name: lock.name,
    directionWritten,
    levels,
    read,
    afterClose: level(),
    unknownLine: denied instanceof LimenError ? denied.code : 'opened',
  }),
);
