import { setTimeout as delay } from 'node:timers/promises';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { WebServer } from '../web/server.ts';
import { isLoopback } from './tls.ts';

/** A server that listens at this machine, or where the configuration says. */
export interface Listening {
  /** Where, for example `https://192.0.2.7:8420`. */
  readonly url: string;
  /** Listen where the configuration says from now on, whoever is connected. Tried for as long as that fails. */
  widen(): void;
}

export interface ListeningOptions {
  /** As the configuration says. */
  readonly address: string;
  readonly port: number;
  /** Whether somebody has a password; until then it is for this machine only. */
  readonly isGuarded: boolean;
  readonly scheme: 'http' | 'https';
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const loopback = '127.0.0.1';
/** An address may come with the network, and another program may leave. */
const againMs = 5000;

/** Begin to listen. @throws LimenError `console.address-taken`. */
export async function listenAt(
  server: WebServer,
  { address, port, isGuarded, scheme, log, signal }: ListeningOptions,
): Promise<Listening> {
  const first = isGuarded ? address : loopback;
  await server.listen({ host: first, port }).catch((error) => {
    throw taken(first, port, error);
  });
  const listener = server.server;
  const bound = listener.address() as { readonly address: string; readonly port: number };
  let at = bound;
  const urlNow = () => {
    const host = at.address.includes(':') ? `[${at.address}]` : at.address;
    return `${scheme}://${host}:${at.port}`;
  };
  const again = () =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ host: address, port: bound.port }, () => {
        listener.off('error', reject);
        resolve();
      });
    });
  const widen = async () => {
    // Who is connected stays; only where new connections come in changes.
    listener.close();
    for (let told = false; !signal.aborted; told = true) {
      try {
        await again();
        at = listener.address() as typeof bound;
        log.info(`console: ${urlNow()}`);
        return;
      } catch (error) {
        if (!told) log.error({}, `${taken(address, bound.port, error).message} Tried again every ${againMs / 1000} s.`);
        await delay(againMs, null, { signal }).catch(() => {});
      }
    }
  };
  let isWide = first === address || isLoopback(address);
  return {
    get url() {
      return urlNow();
    },
    widen() {
      if (!isWide) void widen();
      isWide = true;
    },
  };
}

function taken(address: string, port: number, cause: unknown): LimenError {
  const why = systemCodeOf(cause) === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
  return new LimenError('console.address-taken', `The console cannot listen at ${address}, port ${port}: ${why}.`, {
    hint: 'Set console.port, and console.address to one that this machine has.',
    cause,
  });
}
