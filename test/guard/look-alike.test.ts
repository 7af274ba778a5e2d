import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hashPin } from '../../src/access/pin.ts';
import type { Camera } from '../../src/camera/camera.ts';
import { templateFrom } from '../../src/domain/template.ts';
import { startGuarded } from '../support/guarded-terminal.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerOf } from '../support/site.ts';
import { somebody, until } from '../support/sync.ts';

/** As `somebody` makes them, mixed: most of one person and a little of another. */
function between(id: string, other: string, share: number) {
  const [mostly, little] = [id, other].map((one) => {
    const { data, scale } = somebody(one).templates[0]!;
    return [...data].map((value) => value * scale);
  });
  return templateFrom(
    'test/1',
    mostly!.map((value, i) => value + share * little![i]!),
  );
}

/** Six pictures of each, and an empty one in between. */
function cameraShowing(ids: readonly string[]): Camera {
  return {
    name: 'a test',
    async *frames() {
      const pictures = ids.flatMap((id) => [...Array(6).fill(id), '', '']);
      for (const [id, shown] of pictures.entries())
        yield { id, capturedAtMs: performance.now(), format: 'jpeg', data: Buffer.from(shown) };
    },
  };
}

test('a face that may be taken for another one opens with its PIN only; any other opens by itself', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  const keys = await freshKeys(t);
  const ada = { ...somebody('ada'), pinHash: await hashPin('2580') };
  const twin = { ...somebody('twin'), templates: [between('ada', 'dora', 0.5)] };
  const door = await startGuarded(t, {
    ...{ broker, keys, name: 'front', people: [ada, twin, somebody('carl')] },
    access: {
      secondFactors: { twins: { onlyLookAlikes: true, accept: ['pin'] } },
      answerWithinMs: 120_000,
      readers: [{ driver: 'simulated', gives: 'pin' }],
    },
  });
  t.is(door.terminal.lookAlike('ada'), 'twin');
  t.is(door.terminal.lookAlike('carl'), null);
  const granted = () => door.events('verdict.granted').map(({ body }) => body.personId);

  await door.terminal.watch(cameraShowing(['carl']), new AbortController().signal);
  t.deepEqual(granted(), ['carl']);
  await until(() => door.level() === '1');
  await door.terminal.door?.lock('test');

  await door.terminal.watch(cameraShowing(['ada']), new AbortController().signal);
  t.deepEqual(granted(), ['carl']);
  t.is(door.events('access.factor-asked')[0]?.body.personId, 'ada');
  t.is(door.level(), '0');

  const reader = join(door.kept.bench.folder, 'simulated-reader.txt');
  await until(() => existsSync(reader));
  appendFileSync(reader, '0000\n');
  await until(() => door.events('access.factor-refused').length === 1);
  t.is(door.level(), '0');
  appendFileSync(reader, '2580\n');
  await until(() => door.level() === '1');
  t.deepEqual(granted(), ['carl', 'ada']);
});
