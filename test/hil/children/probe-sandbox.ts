/** Inside a unit: try what its sandbox should forbid, and write down what worked. */
import { closeSync, openSync, writeFileSync } from 'node:fs';

const works = (attempt: () => void) => {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
};
const files = [
  '/etc/x',
  '/usr/x',
  '/home/x',
  '/root/x',
  '/var/log/x',
  '/var/lib/limen/x',
  '/run/x',
  '/run/limen/x',
  '/tmp/x',
];
const devices = ['/dev/video0', '/dev/gpiochip0', '/dev/null', '/dev/vda', '/dev/ttyS0', '/dev/mem', '/dev/kmsg'];
writeFileSync(
  '/run/limen/probe.json',
  JSON.stringify({
    user: process.getuid?.(),
    writable: files.filter((file) => works(() => writeFileSync(file, ''))),
    openable: devices.filter((device) => works(() => closeSync(openSync(device, 'r+')))),
  }),
);
