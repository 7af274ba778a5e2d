#!/usr/bin/env node
/**
 * The lock process: the only code that moves the lock, in a process of its own, so that nothing that happens to camera,
 * network, recognition or the daemon's memory can keep a door open. Every way out of it passes through the rest level.
 */
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { isLimenError, messageOf } from '../domain/errors.ts';
import { openLock } from './line-lock.ts';
import type { Lock } from './lock.ts';
import { LockKeeper } from './lock-keeper.ts';
import {
  type LockAnswer,
  type LockFailure,
  type LockGreeting,
  type LockProcessSettings,
  type LockRequest,
  type LockSecured,
  type LockStart,
  lineSplitter,
  parseRequest,
} from './lock-protocol.ts';

const exitCodes = { atRest: 0, unavailable: 69, internal: 70 };
const settings: LockProcessSettings = JSON.parse(process.argv[2] ?? '');
/** The one peer that is served: a second one would be a second opinion about the same door. */
let peer: Socket | null = null;

process.title = 'limen-lock';
// The socket is for the user limen runs as and nobody else.
process.umask(0o077);
try {
  const lock = await openLock(settings.lock);
  serve(lock, holdToLeases(lock));
} catch (error) {
  await tell({ failure: failureOf(error) });
  process.exit(exitCodes.unavailable);
}

/** A keeper whose lock is brought to rest on every way out of this process that can still run code. */
function holdToLeases(lock: Lock): LockKeeper {
  const keeper = new LockKeeper({
    lock,
    longestPulseMs: settings.longestPulseMs,
    longestHoldMs: settings.longestHoldMs,
    silenceMs: settings.silenceMs,
    onSecured: (secured, openMs) => say({ secured, openMs }),
    // Ending is the last resort: the supervisor opens the line anew, and systemd's limen-rest follows.
    onStuck: (error) => leave(exitCodes.internal, messageOf(error)),
  });
  process.on('exit', () => attempt(() => lock.close()));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => leave(exitCodes.atRest));
  process.on('uncaughtException', (error) => leave(exitCodes.internal, messageOf(error)));
  process.on('unhandledRejection', (error) => leave(exitCodes.internal, messageOf(error)));
  if (settings.endWithStdin)
    process.stdin
      .on('end', () => leave(exitCodes.atRest))
      .on('error', () => leave(0))
      .resume();

  function leave(exitCode: number, reason?: string): void {
    // Rest first, words later: writing to a reader that is gone may itself fail.
    if (exitCode === exitCodes.atRest) keeper.secure('lock-process-stopped');
    else attempt(() => lock.secure());
    if (reason !== undefined) attempt(() => process.stderr.write(`${reason}\n`));
    process.exit(exitCode);
  }
  return keeper;
}

function serve(lock: Lock, keeper: LockKeeper): void {
  rmSync(settings.socketPath, { force: true });
  createServer((socket) => welcome(socket, lock, keeper)).listen(settings.socketPath, () => {
    void tell({ listening: settings.socketPath, lock: lock.name });
  });
}

function welcome(socket: Socket, lock: Lock, keeper: LockKeeper): void {
  // A peer that is gone is handled by 'close', which follows every error.
  socket.on('error', () => {});
  if (peer !== null) {
    socket.destroy();
    return;
  }
  peer = socket;
  say({ lock: lock.name });
  socket.on('close', () => {
    peer = null;
    keeper.secure('disconnected');
  });
  const take = lineSplitter((line) => answer(line, keeper));
  socket.on('data', (chunk) => {
    try {
      take(chunk);
    } catch {
      keeper.secure('malformed-message');
      socket.destroy();
    }
  });
}

function answer(line: string, keeper: LockKeeper): void {
  const request = parseRequest(line);
  keeper.heard();
  try {
    const leaseMs = obey(request, keeper);
    say({ id: request.id, ...keeper.state(), ...(leaseMs === null ? {} : { leaseMs }) });
  } catch (error) {
    // What is refused changes nothing; what failed ends at rest.
    const isRefused = isLimenError(error, 'door.lockdown') || isLimenError(error, 'door.hold-refused');
    if (!isRefused) keeper.secure('fault');
    say({ id: request.id, failure: failureOf(error) });
  }
}

/** Returns how long the opening that was asked for lasts, `null` when none was. */
function obey(request: LockRequest, keeper: LockKeeper): number | null {
  if ('lease' in request) return keeper.ask({ kind: request.egress ? 'egress' : 'lease', ms: request.lease });
  if ('hold' in request) return keeper.ask({ kind: 'hold', ms: request.hold });
  if ('secure' in request) keeper.secure(request.secure);
  if ('lockdown' in request) keeper.lockdown();
  if ('lift' in request) keeper.lift();
  return null;
}

function say(message: LockGreeting | LockAnswer | LockSecured): void {
  if (peer?.writable) peer.write(`${JSON.stringify(message)}\n`);
}

function tell(start: LockStart): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.on('error', () => resolve());
    process.stdout.write(`${JSON.stringify(start)}\n`, () => resolve());
  });
}

function failureOf(error: unknown): LockFailure {
  if (!isLimenError(error)) return { code: 'door.fault', message: `The lock's driver failed: ${messageOf(error)}` };
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // On the way out: what failed here is tried again by the 'exit' handler and by limen-rest.
  }
}
