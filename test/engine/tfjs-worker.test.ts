import test from 'ava';
import { openVision } from '../../src/compose.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf, pictures } from '../support/people.ts';

test('tfjs works in the vision worker', async (t) => {
  const { vision } = await openVision({ pack: 'faceapi', engine: 'tfjs', quality: openGates });
  const { file } = pictures[0]!;
  const seen = await vision.see({ id: 1, capturedAtMs: 0, format: 'jpeg', data: bytesOf(file) });
  await vision.close();
  t.is(seen.sightings.length, 1);
  t.is(seen.sightings[0]!.template?.model, vision.model);
});
