import { PassThrough } from 'node:stream';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { RecentTrouble } from '../../src/runtime/recent-trouble.ts';

function logged(format: 'json' | 'pretty' = 'json') {
  const trouble = new RecentTrouble();
  const destination = new PassThrough();
  return { trouble, destination, log: createLogger({ level: 'debug', format, trouble }, destination) };
}

for (const format of ['json', 'pretty'] as const) {
  test(`warnings and errors are kept with their code, newest first, and the log is as it was: ${format}`, (t) => {
    const { trouble, destination, log } = logged(format);
    log.debug('nobody asks');
    log.info({ personId: '4711' }, 'granted: 4711');
    log.warn({ code: 'broker.lost', template: [1, 2, 3] }, 'the broker cannot be reached');
    log.error({ error: new LimenError('disk.full', 'The disk is full.') }, 'an event could not be written down');
    const [newest, before, ...others] = trouble.lines;
    t.deepEqual(others, []);
    t.like(newest, { level: 'error', code: 'disk.full', says: 'an event could not be written down' });
    t.like(before, { level: 'warn', code: 'broker.lost', says: 'the broker cannot be reached' });
    t.deepEqual(Object.keys(before!), ['at', 'level', 'code', 'says'], 'nothing of what stood beside the sentence');
    t.true(Math.abs(Date.parse(newest!.at) - Date.now()) < 60_000);
    const text = String(destination.read());
    for (const says of ['nobody asks', 'granted: 4711', 'the broker cannot be reached']) t.true(text.includes(says));
  });
}

test('many, and long ones, are cut: an answer can carry them', (t) => {
  const { trouble, log } = logged();
  for (let i = 0; i < 50; i++) log.warn(`${i}`);
  t.is(trouble.lines.length, 20);
  t.is(trouble.lines[0]?.says, '49');
  for (let i = 0; i < 50; i++) log.error('ä'.repeat(5000));
  t.true(Buffer.byteLength(JSON.stringify(trouble.lines)) <= 5000);
  t.true(trouble.lines.length >= 5);
  t.is(trouble.lines[0]?.says.length, 300);
});
