/** Argument: where to listen, a Unix socket. Sends back every byte; what no process of Node's can do faster. */
import { createServer } from 'node:net';

createServer((socket) => socket.pipe(socket)).listen(process.argv[2], () => console.log('listening'));
process.stdin.on('end', () => process.exit()).resume();
