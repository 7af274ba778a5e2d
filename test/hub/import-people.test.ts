import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { checkPin } from '../../src/access/pin.ts';
import { LimenError } from '../../src/domain/errors.ts';
import type { EnrolRequest } from '../../src/hub/enrol.ts';
import { type ImportOutcome, importPeople, type Newcomer } from '../../src/hub/import-people.ts';
import { temporaryFolders } from '../support/folders.ts';
import { somebody } from '../support/sync.ts';

const folder = temporaryFolders(test);

/** A hub that takes everybody but those whose name is an error code, and stops at the machine's own faults. */
function hub(enrolled: EnrolRequest[] = []) {
  return {
    enrol: async (request: EnrolRequest) => {
      if (request.name.includes('.')) throw new LimenError(request.name as 'image.no-face', `no: ${request.id}`);
      enrolled.push(request);
      return { id: request.id, version: enrolled.length, published: true, warnings: [] };
    },
    people: async () => [somebody('old')],
  };
}

async function imported(people: readonly Newcomer[], more: { again?: boolean; signal?: AbortSignal } = {}) {
  const enrolled: EnrolRequest[] = [];
  const outcomes: ImportOutcome[] = [];
  for await (const one of importPeople(people, { hub: hub(enrolled), ...more })) outcomes.push(one);
  return { enrolled, outcomes: outcomes.map(({ id, outcome }) => [id, outcome]), all: outcomes };
}

function who(id: string, name = 'Ada', more: Partial<Newcomer> = {}): Newcomer {
  const file = join(folder(), 'x.jpg');
  writeFileSync(file, 'x');
  return { id, name, files: [file], ...more };
}

test('one who fails stops nobody, and the reason is kept; who is there is left alone, unless said again', async (t) => {
  const people = [
    who('a'),
    who('b', 'image.no-face'),
    who('old'),
    who('a', 'Twice', { line: 5 }),
    who('c', 'C', { cards: ['what'] }),
    who('d', 'D', { files: ['/no/such.jpg'] }),
    who('e', 'E', { cards: ['007'], groups: ['staff'] }),
  ];
  const { outcomes, all, enrolled } = await imported(people);
  t.deepEqual(outcomes, [
    ['a', 'enrolled'],
    ['b', 'failed'],
    ['old', 'there already'],
    ['a', 'failed'],
    ['c', 'failed'],
    ['d', 'failed'],
    ['e', 'enrolled'],
  ]);
  t.deepEqual(
    all.flatMap((one) => (one.outcome === 'failed' ? [one.code] : [])),
    ['image.no-face', 'usage.invalid', 'usage.invalid', 'file.unreadable'],
  );
  t.like(enrolled[1], { id: 'e', cards: ['7'], groups: ['staff'], again: false });
  t.deepEqual((await imported([who('old')], { again: true })).outcomes, [['old', 'enrolled']]);
});

test('what would be the same for everybody ends the import at once; so does whoever stops it', async (t) => {
  await t.throwsAsync(imported([who('a', 'store.lost'), who('b')]), { code: 'store.lost' });
  const stop = new AbortController();
  stop.abort();
  t.deepEqual((await imported([who('a')], { signal: stop.signal })).outcomes, []);
});

test('without a face: no picture is asked for, one that is there is refused, and so is a PIN that is none', async (t) => {
  const people: Newcomer[] = [
    { id: 'bo', name: 'Bo', files: [], withoutFace: true, cards: ['7'], pin: '2580' },
    who('cy', 'Cy', { withoutFace: true, cards: ['8'] }),
    { id: 'di', name: 'Di', files: [], withoutFace: true, pin: '12' },
  ];
  const { all, enrolled } = await imported(people);
  t.deepEqual(
    all.map((one) => [one.id, one.outcome === 'failed' ? one.code : one.outcome]),
    [
      ['bo', 'enrolled'],
      ['cy', 'usage.invalid'],
      ['di', 'access.pin-invalid'],
    ],
  );
  t.like(enrolled[0], { id: 'bo', withoutFace: true, cards: ['7'] });
  t.not(await checkPin('2580', enrolled[0] as never), null);
  t.false(JSON.stringify(all).includes('2580'), 'a PIN is in no report');
});
