/**
 * npm's onoff on plain files under /sys/class/gpio; run in a mount namespace of its own.
 * Plain files do what they are told and no more: the level follows a written direction on a real kernel only.
 */
import { readFileSync } from 'node:fs';
import { LimenError } from '../../../src/domain/errors.ts';
import { openGpio } from '../../../src/gpio/onoff.ts';
import { loadOnoff } from '../../../src/gpio/onoff-package.ts';
import { exportLine, makeSysfs } from './fake-sysfs.ts';

const root = '/sys/class/gpio';
const relay = { chipLabel: 'pinctrl-bcm2711', line: 17, activeLow: true, initial: false, consumer: 'limen-test' };
makeSysfs(root);
const valueFile = exportLine(root, 529, '1');
const level = () => readFileSync(valueFile, 'utf8').slice(0, 1);

// The driver insists on reading "out" back; a plain file shows the "high" that was written. Show both sides of it.
const denied = await (await openGpio({})).openOutput(relay).catch((error: unknown) => error);
const directionWritten = readFileSync(`${root}/gpio529/direction`, 'utf8').trim();
const Line = await loadOnoff();
const gpio = await openGpio({
  loadGpio: async () =>
    class extends Line {
      override direction(): string {
        return 'out';
      }
    },
});
const output = await gpio.openOutput(relay);
const levels = [level()];
const read = [output.read()];
for (const active of [true, false]) {
  output.write(active);
  levels.push(level());
  read.push(output.read());
}
output.close();
console.log(
  JSON.stringify({
    name: output.name,
    directionWritten,
    levels,
    read,
    afterClose: level(),
    unknownLine: denied instanceof LimenError ? denied.code : 'opened',
  }),
);
