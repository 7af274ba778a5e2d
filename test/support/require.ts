import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** What the tests can use beyond Node, and how its presence is found out. */
const parts = {
  ffmpeg: () => runs('ffmpeg', '-version'),
  fswebcam: () => runs('fswebcam', '--version'),
  mosquitto: () => runs('mosquitto', '-h'),
  postgresql: () => postgresFolder() !== null,
  chromium: () => runs('chromium', '--version'),
  busybox: () => runs('busybox', 'true'),
  /** The compositor of limen-kiosk.service; it starts nothing without Xwayland. */
  cage: () => runs('cage', '-h') && existsSync('/usr/bin/Xwayland'),
  python: () => runs('python3', '-c', 'import venv'),
  systemd: () => runs('systemd-analyze', '--version'),
  /** A gpio-sim chip of 16 lines for the contracts of pins and locks; see test/gpio/support/gpio-sim.ts. */
  gpio: () => process.env.LIMEN_TEST_GPIO_CHIP !== undefined && process.env.LIMEN_TEST_GPIO_SIM !== undefined,
  shellcheck: () => runs('shellcheck', '--version'),
  /** The optional dependency with its compiled part. */
  onoff: () => spawnSync(process.execPath, ['-e', 'require("onoff")'], { cwd: packageRoot() }).status === 0,
  /** Leave to mount over /sys/class in a namespace of one's own: root, or a container that allows it. */
  'mount-namespace': () => spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/sys/class']).status === 0,
  /** TensorFlow.js in native code; its owner installs it: it downloads libtensorflow. */
  'tfjs-node': () =>
    spawnSync(process.execPath, ['-e', 'require("@tensorflow/tfjs-node")'], { cwd: packageRoot() }).status === 0,
  /** Sees what a process asks of the disk, so that a power cut can be told from it. */
  strace: () => spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0,
  rabbitmq: () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server'),
  nats: () => runs('nats-server', '--version'),
  shared: () => existsSync(sharedFolder()),
};

/** Where Debian keeps the programs of its newest PostgreSQL server, which are on nobody's path. */
export function postgresFolder(): string | null {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').map(Number) : [];
  const folders = versions.sort((a, b) => b - a).map((version) => `/usr/lib/postgresql/${version}/bin`);
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** Names that `LIMEN_TEST_REQUIRE` may list. */
export type Part = keyof typeof parts;

/** Models and pictures for tests and evaluation that are not part of the project; a folder beside the checkout. */
export function sharedFolder(): string {
  return process.env.LIMEN_SHARED ?? join(dirname(packageRoot()), 'shared');
}

/**
 * True when `part` is there. Otherwise the test logs what is missing and should return at once;
 * with the part named in `LIMEN_TEST_REQUIRE` its absence is a failure instead, so nothing hides a missing install.
 */
export function needs(t: ExecutionContext, part: Part): boolean {
  if (parts[part]()) return true;
  const required = (process.env.LIMEN_TEST_REQUIRE ?? '').split(',').map((name) => name.trim());
  if (required.includes(part)) t.fail(`${part} is required by LIMEN_TEST_REQUIRE and is not there.`);
  else {
    t.log(`skipped: needs ${part}, which this machine does not have`);
    t.pass();
  }
  return false;
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
}
