import { PassThrough } from 'node:stream';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { createLogger, type LogOptions } from '../../src/runtime/logger.ts';

function logged(changes: Partial<LogOptions>, use: (log: ReturnType<typeof createLogger>) => void): string {
  const stream = new PassThrough();
  use(createLogger({ level: 'info', format: 'json', ...changes }, stream));
  return String(stream.read() ?? '');
}

for (const format of ['json', 'pretty'] as const) {
  test(`${format}: no face and no secret is logged, at any depth`, (t) => {
    const template = { embedder: 'm/1', data: Int8Array.of(101, 102, 103), scale: 0.1 };
    const text = logged({ format }, (log) => {
      log.info({ person: { name: 'Ada', templates: [template], pinHash: 'h-4711' } }, 'enrolled');
      log.info({ a: [{ b: { c: [{ template, siteKey: 'k-4711' }] } }], bytes: Buffer.from('raw-4711') });
      log.child({ room: 'sync' }).info({ broker: { password: 'p-4711' } }, 'child');
    });
    t.notRegex(text, /4711|101|0\.1/);
    t.regex(text, /Ada/);
    t.regex(text, /\[withheld\]/);
    t.regex(text, /\[8 bytes\]/);
  });
}

test('an error is logged with its code, mend and cause; names of key files are no secret', (t) => {
  const text = logged({}, (log) =>
    log.error(
      {
        err: new LimenError('door.fault', 'The relay failed.', { hint: 'Mend it.', cause: new Error('EIO') }),
        siteKeyFile: '/etc/k',
      },
      'door',
    ),
  );
  const { err, siteKeyFile } = JSON.parse(text);
  t.like(err, { code: 'door.fault', hint: 'Mend it.' });
  t.regex(err.stack, /EIO/);
  t.is(siteKeyFile, '/etc/k');
});

test('the level is kept, and a loop in the data ends', (t) => {
  const loop: Record<string, unknown> = { name: 'loop' };
  loop.self = loop;
  t.is(
    logged({ level: 'warn' }, (log) => log.info('quiet')),
    '',
  );
  t.regex(
    logged({}, (log) => log.info(loop)),
    /\[…\]/,
  );
});
