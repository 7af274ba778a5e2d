/** Arguments: bundled pictures. Prints the template of each, made by the shipped pack in the daemon's own worker thread. */
import { openVision } from '../../../src/compose.ts';
import { recognitionSchema } from '../../../src/config/recognition-schema.ts';
import { bytesOf } from '../../support/people.ts';

/** What it prints, one for each picture. */
export interface Looked {
  readonly model: string;
  readonly data: readonly number[];
  readonly scale: number;
}

const { vision } = await openVision(recognitionSchema.parse({}));
const looked: Looked[] = [];
for (const [id, file] of process.argv.slice(2).entries()) {
  const { sightings } = await vision.see({ id, capturedAtMs: id, format: 'jpeg', data: bytesOf(file) });
  const [{ template }] = sightings as [(typeof sightings)[number]];
  looked.push({ ...template!, data: [...template!.data] });
}
await vision.close();
console.log(JSON.stringify(looked));
