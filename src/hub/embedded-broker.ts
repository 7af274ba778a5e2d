import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import { LimenError, messageOf } from '../domain/errors.ts';
import { limitPackets } from '../sync/packet-limit.ts';

/** A running broker. */
export interface EmbeddedBroker {
  readonly port: number;
  /** `mqtt://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Where the embedded broker listens. */
export interface EmbeddedBrokerOptions {
  /** Loopback unless said otherwise: this broker knows no passwords. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** A longer packet ends its connection. */
  readonly maxPacketBytes?: number;
}

/**
 * A small MQTT 3.1.1 broker (aedes, in memory) for demos and single doors.
 *
 * @throws LimenError `broker.unreachable` when the port cannot be had.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions = {}): Promise<EmbeddedBroker> {
  const { host = '127.0.0.1', maxPacketBytes = 2 * 1024 * 1024 } = options;
  // aedes refuses client ids above the 23 characters that MQTT 3.1 allowed; terminal names may have 64.
  const broker = await Aedes.createBroker({ maxClientsIdLength: 128 });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.setNoDelay(true));
    socket.once('close', () => sockets.delete(socket));
    broker.handle(limited(socket, maxPacketBytes));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, host, resolve);
    });
  } catch (cause) {
    broker.close();
    throw new LimenError('broker.unreachable', `The embedded broker cannot listen: ${messageOf(cause)}.`, {
      hint: 'Another broker may run on this port: set broker.embedded.port to a free one, or 0 for any.',
      cause,
    });
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: async () => {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await stopped;
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}

function limited(socket: Socket, maxBytes: number): Duplex {
  const readable = socket.pipe(limitPackets({ maxBytes, oversize: 'refuse' }));
  readable.once('error', () => socket.destroy());
  socket.once('error', () => readable.destroy());
  socket.once('close', () => readable.destroy());
  return Duplex.from({ readable, writable: socket });
}
