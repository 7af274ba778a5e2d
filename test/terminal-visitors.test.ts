import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { openGalleryStore, openVisitorStoreIn, visitorFileIn } from '../src/compose.ts';
import type { TerminalConfig } from '../src/config/schema.ts';
import type { Clock } from '../src/domain/clock.ts';
import { projectTemplate } from '../src/domain/projection.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { keepVisitors } from '../src/terminal-visitors.ts';
import { atAngle } from './gallery/sphere.ts';
import { temporaryFolders } from './support/folders.ts';
import { somebody } from './support/sync.ts';

const temporary = temporaryFolders(test);
const log = createLogger({ level: 'error', format: 'json' });
const dayMs = 86_400_000;

/** What a terminal's configuration says about visitors, in a data folder with a key. */
async function terminal(keepDays?: number): Promise<TerminalConfig> {
  const dataFolder = temporary();
  await openGalleryStore(dataFolder);
  return { dataFolder, ...(keepDays !== undefined && { visitors: { keepDays } }) } as TerminalConfig;
}

function clockAt(startMs: number): Clock & { nowMs: number } {
  return {
    nowMs: startMs,
    now() {
      return new Date(this.nowMs);
    },
    monotonicMs: () => 0,
    quality: () => 'synced',
  };
}

async function keptIn(dataFolder: string): Promise<string[]> {
  const store = await openVisitorStoreIn(dataFolder);
  const visits = store.all().map(({ at }) => at);
  store.close();
  return visits;
}

test('without being asked for, nothing is kept, and what was kept before goes', async (t) => {
  const config = await terminal(7);
  const clock = clockAt(Date.UTC(2026, 10, 1));
  const keeper = await keepVisitors({ projection: null, sameWithin: 0.1, config, clock, log });
  keeper!.remember(atAngle(1));
  keeper!.close();
  t.true(existsSync(visitorFileIn(config.dataFolder)));
  t.is(
    await keepVisitors({ projection: null, sameWithin: 0.1, config: { ...config, visitors: undefined }, clock, log }),
    null,
  );
  t.false(existsSync(visitorFileIn(config.dataFolder)));
});

test('what is older than keepDays is gone at the next start', async (t) => {
  const config = await terminal(2);
  const clock = clockAt(Date.UTC(2026, 10, 1));
  const keeper = await keepVisitors({ projection: null, sameWithin: 0.1, config, clock, log });
  for (let day = 0; day < 4; day++, clock.nowMs += dayMs) keeper!.remember(atAngle(day));
  keeper!.close();
  t.is((await keptIn(config.dataFolder)).length, 4);
  (await keepVisitors({ projection: null, sameWithin: 0.1, config, clock, log }))!.close();
  t.deepEqual(await keptIn(config.dataFolder), ['2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z']);
});

test('a store that cannot be used keeps nobody and stops nothing', async (t) => {
  const config = await terminal(7);
  writeFileSync(join(config.dataFolder, 'visitors.db'), 'this is no database at all, and long enough to be sure of it');
  t.is(
    await keepVisitors({
      projection: null,
      sameWithin: 0.1,
      config,
      clock: clockAt(0),
      log: createLogger({ level: 'fatal' as 'error', format: 'json' }),
    }),
    null,
  );
});

test('somebody erased is forgotten as a visitor where the terminal sees by a projection, and before it did', async (t) => {
  const config = await terminal(7);
  const clock = clockAt(Date.UTC(2026, 10, 1));
  const own = atAngle(1);
  const size = own.data.length;
  const matrix = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const projection = { id: `${own.model}+0badf00d`, base: own.model, matrix };
  const keeper = await keepVisitors({ projection, sameWithin: 0.01, config, clock, log });
  // Their own look, a stranger's, their own before the projection, and one that an earlier embedder made.
  keeper!.remember(projectTemplate(projection, own));
  keeper!.remember(projectTemplate(projection, atAngle(60)));
  keeper!.remember(own);
  keeper!.remember({ ...atAngle(60), model: 'earlier' });
  keeper!.forget({ ...somebody('ada'), templates: [] });
  t.is((await keptIn(config.dataFolder)).length, 4, 'who never had a face was never seen');
  keeper!.forget({ ...somebody('ada'), templates: [own] });
  keeper!.close();
  t.is((await keptIn(config.dataFolder)).length, 1);
});
