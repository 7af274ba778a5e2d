import { Agent, get } from 'node:http';

/**
 * Viewers of the live picture in a process of their own, as `bench/screen.ts` tells them: `start` and `stop` come over IPC, and
 * after each `stop` the number of pictures that they have got goes back.
 */
const [url = '', count = '20'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(count) });
let watching = false;
let pictures = 0;

async function watch(): Promise<void> {
  let after = 0;
  while (watching) after = await pictureAfter(after).catch(() => 0);
}

function pictureAfter(after: number): Promise<number> {
  return new Promise((resolve, reject) => {
    get(`${url}/api/picture?after=${after}`, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) pictures += 1;
        resolve(Number(response.headers['x-frame'] ?? after));
      });
      response.once('error', reject);
    }).once('error', reject);
  });
}

process.on('message', (command) => {
  watching = command === 'start';
  if (watching) for (let i = 0; i < Number(count); i++) void watch();
  else {
    process.send?.(pictures);
    pictures = 0;
  }
});
process.once('disconnect', () => process.exit());
