import { readFileSync, type Stats, statSync } from 'node:fs';
import type { DoorConfig } from '../config/schema.ts';
import { isLimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { LockClient } from '../door/lock-client.ts';
import { type LockServiceOptions, reachLockService } from '../door/lock-service.ts';
import { type Finding, fail, failureOf, ok } from './finding.ts';

/** Where this machine writes down its users and groups. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

/** A lock process that runs answers at once; this is for a machine that is busy. */
const answerMs = 5000;

/**
 * Look at how the lock process runs, and at its socket where it is a service. One that serves a daemon is asked nothing;
 * one that serves nobody is greeted and left, its line at rest before and after.
 */
export async function examineLock(
  { lockProcess }: Pick<DoorConfig, 'lockProcess'>,
  service: LockServiceOptions,
  accounts: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' },
): Promise<Finding[]> {
  if (lockProcess === 'own') return [ok('lock', 'limen runs the lock process itself (door.lockProcess: own)')];
  const { socketPath } = service;
  const socket = socketAt(socketPath);
  return [
    ...(socket === null ? [] : [socketFinding(socketPath, socket), ...membership(socket.gid, accounts)]),
    await answerOf(service),
  ];
}

function socketAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    // That it is missing, or may not be looked at, is said by who connects to it.
    return null;
  }
}

function socketFinding(path: string, { mode }: Stats): Finding {
  const rights = (mode & 0o777).toString(8);
  if ((mode & 0o007) === 0) return ok('lock', `its socket ${path} is for its user and its group (mode ${rights})`);
  return fail(
    'lock',
    `anybody on this machine may open the door: the socket ${path} has mode ${rights}`,
    `Run: chmod 660 ${path}`,
  );
}

/** The daemon's unit runs as the user "limen"; where there is none, limen is run by hand. */
function membership(gid: number, { passwd, group }: AccountFiles): Finding[] {
  const user = 'limen';
  const limen = linesOf(passwd).find(([name]) => name === user);
  const owner = linesOf(group).find(([, , id]) => Number(id) === gid);
  if (limen === undefined || owner === undefined || gid === 0) return [];
  const [name = '', , , members = ''] = owner;
  if (Number(limen[3]) === gid || members.split(',').includes(user)) return [];
  return [
    fail(
      'lock',
      `the user "${user}" is no member of "${name}", the group of the lock's socket`,
      `Run: usermod -aG ${name} ${user}; then restart limen.`,
    ),
  ];
}

function linesOf(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function answerOf(service: LockServiceOptions): Promise<Finding> {
  try {
    const client = await LockClient.open(await reachLockService(service), {
      answerMs,
      onSecured: () => {},
      onEnd: () => {},
    });
    await client.stop();
    return ok('lock', `the lock service answers: ${client.lockName}`);
  } catch (error) {
    if (isLimenError(error, 'door.lock-taken')) return ok('lock', 'the lock service runs, and serves a daemon');
    if (isLimenError(error, 'door.lock-process-failed'))
      return fail(
        'lock',
        messageOf(error),
        'It hangs: "systemctl restart limen-lock"; "journalctl -u limen-lock" may say why.',
      );
    return failureOf('lock', error);
  }
}
