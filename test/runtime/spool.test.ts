import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { spooled, writeWhole } from '../../src/runtime/spool.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const broken = new LimenError('attendance.no-plan', 'It cannot be counted.');

async function* pieces(...all: (string | Uint8Array | Error)[]) {
  for (const piece of all) {
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

test('what ends midway leaves the file of before, says why, and leaves nothing else behind', async (t) => {
  const at = folder();
  const file = join(at, 'march.csv');
  writeFileSync(file, 'before');
  t.is(await t.throwsAsync(writeWhole(file, pieces('a,b\n', broken))), broken);
  t.is(readFileSync(file, 'utf8'), 'before');
  t.deepEqual(readdirSync(at), ['march.csv']);
  await writeWhole(file, pieces('a,b\n', Buffer.from('1,2\n')));
  t.is(readFileSync(file, 'utf8'), 'a,b\n1,2\n');
  t.deepEqual(readdirSync(at), ['march.csv']);
  await t.throwsAsync(writeWhole(join(at, 'none/march.csv'), pieces('a')), { code: 'file.unwritable' });
});

test('pieces are sent once all of them are there, or none is', async (t) => {
  t.is(await text(await spooled(pieces('one ', Buffer.from('two ')))), 'one two ');
  t.is(await text(await spooled(pieces())), '');
  t.is(await t.throwsAsync(spooled(pieces('one', broken))), broken);
});
