import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Let a server's `close` wait for nobody: who is connected is cut off, whatever they have sent or still have to read.
 * Node waits for every connection, and its `closeAllConnections` knows none that is still about to shake hands (TLS).
 */
export function closeAtOnce(server: FastifyInstance): void {
  const connected = new Set<Socket>();
  let isClosing = false;
  server.server.on('connection', (socket: Socket) => {
    if (isClosing) return socket.destroy();
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  server.addHook('preClose', async () => {
    isClosing = true;
    for (const socket of connected) socket.destroy();
  });
}
