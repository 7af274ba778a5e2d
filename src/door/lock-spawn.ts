import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LimenError, messageOf } from '../domain/errors.ts';
import { siblingModule } from '../runtime/package-root.ts';
import { connected, type LockCarrier } from './lock-carrier.ts';
import { errorOf } from './lock-failure.ts';
import { type LockStart, lineSplitter } from './lock-protocol.ts';
import type { LockProcessSettings } from './lock-settings.ts';
import { type LockTerms, termsOf } from './lock-terms.ts';

/** What a lock process of the daemon's own needs to start. */
export interface LockSpawnOptions extends LockTerms {
  /** A folder for the socket, the settings and the rest file; made private (0700). */
  readonly folder: string;
}

/** Starting Node on a Pi Zero with a cold SD card takes seconds. */
const startPatienceMs = 20_000;

/**
 * Where the door keeps socket and rest file: systemd's runtime folder, where `limen-rest` looks for it, or else a
 * folder beside the data.
 */
export function doorFolder(dataFolder: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RUNTIME_DIRECTORY?.split(':')[0] || `${dataFolder}/door`;
}

/** The rest file's place, which `limen-rest` is told as well. */
export function restFileIn(folder: string): string {
  return join(folder, 'lock.rest');
}

/**
 * Start a lock process of our own and connect to it. When this resolves, the line is at rest.
 *
 * @throws LimenError what the driver said (`door.line-busy` …), `door.lock-process-failed`, `file.unwritable`.
 */
export async function startLockProcess(options: LockSpawnOptions): Promise<LockCarrier> {
  const socketPath = socketPathIn(options.folder);
  const child = spawnLockProcess(options, socketPath);
  try {
    const start = await firstWords(child);
    if ('failure' in start) throw errorOf(start.failure);
    const socket = await connected(socketPath).catch((cause) => {
      const message = `The lock process cannot be reached: ${messageOf(cause)}`;
      throw new LimenError('door.lock-process-failed', message, { cause });
    });
    // Without its socket the process is of no use, and it is at rest or dying: end it, so that a new one can start.
    socket.on('close', () => child.kill('SIGKILL'));
    return {
      socket,
      terms: termsOf(options),
      release: () => child.stdin?.end(),
      // The line stays as it is until a new lock process, or limen-rest, drives it.
      abandon: () => child.kill('SIGKILL'),
      ended: endOf(child),
    };
  } catch (error) {
    // Two lock processes on one line would argue: the next one starts when this one is gone.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    throw error;
  }
}

function endOf(child: ChildProcess): Promise<string> {
  let lastWords = '';
  child.stderr?.on('data', (chunk) => {
    lastWords = `${lastWords}${chunk}`.slice(-500);
  });
  return new Promise((resolve) => {
    const tell = (code: number | null, signal: string | null) =>
      resolve(`The lock process ended (${signal ?? `exit code ${code}`}). ${lastWords}`.trim());
    if (child.exitCode !== null || child.signalCode !== null) tell(child.exitCode, child.signalCode);
    else child.on('close', tell);
  });
}

/** Start the process. It brings the line to rest before it says anything. */
function spawnLockProcess(options: LockSpawnOptions, socketPath: string): ChildProcess {
  const settingsFile = writeSettings(options.folder, {
    ...termsOf(options),
    socketPath,
    restFile: restFileIn(options.folder),
    runsAs: 'child',
  });
  // No systemd socket, no credentials, no debugger flags: the lock process talks to the daemon only.
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, CREDENTIALS_DIRECTORY, NODE_OPTIONS, ...environment } =
    process.env;
  const entry = fileURLToPath(siblingModule(import.meta.url, './lock-process'));
  return spawn(process.execPath, ['--max-old-space-size=32', entry, settingsFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment,
    // A process group of its own: Ctrl-C reaches the daemon, which then locks and says so.
    detached: true,
  });
}

/** Read once, at once, by the child: no need to be durable. */
function writeSettings(folder: string, settings: LockProcessSettings): string {
  const path = join(folder, 'lock.settings.json');
  try {
    writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
    return path;
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function unwritable(folder: string, cause: unknown): LimenError {
  return new LimenError('file.unwritable', `The lock's folder ${folder} cannot be written: ${messageOf(cause)}`, {
    hint: 'Make dataFolder writable for the user limen runs as.',
    cause,
  });
}

/** The longest path a Unix socket can have on Linux and macOS, with room for the end mark. */
const longestSocketPath = 103;

/**
 * Where the socket goes: the door's folder, or a private temporary one where that path is too long for a socket.
 *
 * @throws LimenError `file.unwritable`
 */
function socketPathIn(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const path = join(folder, 'lock.sock');
    if (Buffer.byteLength(path) <= longestSocketPath) return path;
    return join(mkdtempSync(join(tmpdir(), 'limen-')), 'lock.sock');
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/**
 * The first line the process prints: it listens, at rest, or why not.
 *
 * @throws LimenError `door.lock-process-failed` when it ends or stays silent instead.
 */
function firstWords(child: ChildProcess): Promise<LockStart> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string, cause?: unknown) =>
      reject(new LimenError('door.lock-process-failed', `The lock process did not start: ${reason}`, { cause }));
    const patience = setTimeout(() => failed(`it said nothing for ${startPatienceMs} ms.`), startPatienceMs);
    let complaint = '';
    const collect = (chunk: Buffer) => {
      complaint = `${complaint}${chunk}`.slice(-500);
    };
    child.stderr?.on('data', collect);
    child.on('error', (cause) => failed(messageOf(cause), cause));
    child.on('close', (code, signal) => failed(`${signal ?? `exit code ${code}`} ${complaint}`.trim()));
    child.stdin?.on('error', () => {});
    child.stdout?.on(
      'data',
      lineSplitter((line) => {
        clearTimeout(patience);
        child.stderr?.off('data', collect);
        resolve(JSON.parse(line));
      }),
    );
  });
}
