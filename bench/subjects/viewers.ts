import { connect } from 'node:net';

/**
 * Viewers of the live picture in a process of their own, as `bench/screen.ts` tells them: `start` and `stop` come over IPC, and
 * after each `stop` the number of pictures that they have got goes back. They read bytes and look at nothing but where a
 * picture ends: what is measured is the terminal, on the same cores.
 */
const [url = '', count = '20'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
let watching = false;
let pictures = 0;

function watch(): void {
  const socket = connect(Number(port), hostname);
  let leftBytes = 0;
  const ask = (after: string) =>
    watching
      ? socket.write(`GET /api/picture?after=${after} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
      : socket.end();
  let id = '0';
  socket.once('connect', () => ask(id));
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    if (leftBytes === 0) {
      // The head of an answer is never cut: it is a few hundred bytes at the start of a packet.
      const end = chunk.indexOf('\r\n\r\n') + 4;
      const head = chunk.toString('latin1', 0, end);
      id = /x-frame: (\d+)/i.exec(head)?.[1] ?? id;
      leftBytes = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - (chunk.length - end);
    } else leftBytes -= chunk.length;
    if (leftBytes > 0) return;
    leftBytes = 0;
    pictures += 1;
    ask(id);
  });
}

process.on('message', (command) => {
  watching = command === 'start';
  if (watching) for (let i = 0; i < Number(count); i++) watch();
  else {
    process.send?.(pictures);
    pictures = 0;
  }
});
process.once('disconnect', () => process.exit());
