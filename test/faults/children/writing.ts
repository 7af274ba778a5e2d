import { writeSync } from 'node:fs';
import { durables } from '../power-cut/durables.ts';

/** Writes a durable thing again and again, and says after each time that it has. */
const [name = '', folder = ''] = process.argv.slice(2);
const { open, writes } = durables[name]!;
const opened = await open(folder);
for (let n = 1; n <= writes; n++) {
  await opened.write(n);
  writeSync(1, `${n}\n`);
}
await opened.close?.();
