import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The least that hands out pictures as the daemon does: a bare server in a process of its own, which gives one JPEG ten times a second
 * to whoever has asked. What recognition loses beside it, the machine takes: no daemon is in the way.
 */
const [picture = ''] = process.argv.slice(2);
const jpeg = readFileSync(picture);
const waiting = new Set<ServerResponse>();
let id = 0;
setInterval(() => {
  id += 1;
  for (const response of waiting)
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': jpeg.length, 'x-frame': id }).end(jpeg);
  waiting.clear();
}, 100);
const server = createServer((_request, response) => {
  waiting.add(response);
  response.once('close', () => waiting.delete(response));
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('disconnect', () => process.exit());
