import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { Clock } from '../../src/domain/clock.ts';
import type { Occurrence } from '../../src/domain/event.ts';
import { openGalleryFreshness, trustAt } from '../../src/sync/gallery-freshness.ts';
import { type Head, wireFormat } from '../../src/sync/messages.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const dayMs = 86_400_000;
const start = Date.parse('2026-06-01T00:00:00.000Z');
const policy = { secondFactorAfterMs: 7 * dayMs, refuseAfterMs: 30 * dayMs };

class Machine implements Clock {
  wallMs = start;
  ms = 0;
  synced = true;
  now() {
    return new Date(this.wallMs);
  }
  monotonicMs() {
    return this.ms;
  }
  quality() {
    return this.synced ? ('synced' as const) : ('unsynced' as const);
  }
  run(days: number) {
    this.wallMs += days * dayMs;
    this.ms += days * dayMs;
  }
}

const headOf = (version: number, issuedAt: number, { days = 10, lineage = 'L1' } = {}): Head => ({
  ...{ format: wireFormat, site: 'plant', lineage, version, embedder: 'test/1', count: 0, buckets: {} },
  issuedAt: new Date(issuedAt).toISOString(),
  expiresAt: new Date(issuedAt + days * dayMs).toISOString(),
});

async function terminal(clock: Machine, file: string, version = 1, lineage = 'L1') {
  const events: Occurrence[] = [];
  const report = (occurrence: Occurrence) => void events.push(occurrence);
  const gallery = version === 0 ? null : { lineage, version };
  const freshness = await openGalleryFreshness({ file, clock, policy, gallery, report });
  const said = () => events.map((event) => ('allows' in event.body ? event.body.allows : event.kind));
  return { freshness, said, events };
}

test('a head that ends: each step is said once, over restarts as well, and so is the end of it', async (t) => {
  const file = join(folder(), 'age.json');
  const clock = new Machine();
  const first = await terminal(clock, file, 0);
  first.freshness.confirmed(headOf(1, clock.wallMs));
  for (let day = 0; day < 12; day++) {
    clock.run(1);
    first.freshness.tick();
  }
  t.deepEqual(first.said(), ['working']);
  await first.freshness.close();

  const second = await terminal(clock, file);
  second.freshness.tick();
  t.is(second.freshness.trust, 'working');
  clock.run(6);
  second.freshness.tick();
  second.freshness.tick();
  clock.run(40);
  second.freshness.tick();
  t.deepEqual(second.said(), ['second-factor', 'none']);
  second.freshness.confirmed(headOf(1, clock.wallMs));
  t.is(second.freshness.trust, 'full');
  await second.freshness.close();
  const third = await terminal(clock, file);
  third.freshness.tick();
  t.deepEqual(third.said(), []);
  t.deepEqual(second.events.at(-1)?.body, {
    ...{ version: 1, after: 'none' },
    expiresAt: new Date(clock.wallMs + 10 * dayMs).toISOString(),
  });
});

test('without a clock, one that jumps locks nobody out, and one that stands still trusts not for ever', async (t) => {
  const file = join(folder(), 'age.json');
  const clock = new Machine();
  clock.synced = false;
  clock.wallMs = 0;
  const { freshness, said } = await terminal(clock, file, 0);
  freshness.confirmed(headOf(1, start));
  t.is(freshness.now().getTime(), start, 'what the hub has signed is the latest that is known');
  clock.wallMs = Date.parse('2099-01-01T00:00:00Z');
  freshness.tick();
  t.deepEqual(said(), []);
  for (let day = 0; day < 45; day++) {
    clock.ms += dayMs;
    freshness.tick();
  }
  t.deepEqual(said(), ['working', 'second-factor', 'none']);
  await freshness.close();
  const again = await terminal(Object.assign(new Machine(), { synced: false, wallMs: 0 }), file);
  t.is(again.freshness.trust, 'none', 'a restart does not make it younger');
});

test('a time server that was wrong by years is forgiven once it is right', async (t) => {
  const clock = new Machine();
  const { freshness, said } = await terminal(clock, join(folder(), 'age.json'), 0);
  freshness.confirmed(headOf(1, start));
  clock.wallMs = Date.parse('2099-01-01T00:00:00Z');
  freshness.tick();
  clock.wallMs = start + dayMs;
  freshness.tick();
  t.deepEqual(said(), ['none', 'gallery.renewed']);
});

test('an older head confirms nothing, and neither does its replay after a newer one', async (t) => {
  const clock = new Machine();
  const { freshness } = await terminal(clock, join(folder(), 'age.json'), 0);
  const old = headOf(3, start);
  freshness.confirmed(old);
  clock.run(9);
  freshness.confirmed(headOf(3, clock.wallMs));
  freshness.confirmed(old);
  clock.run(5);
  freshness.tick();
  t.is(freshness.trust, 'full');
});

test("another hub counts anew: what is known of the former one stands in nobody's way", async (t) => {
  const file = join(folder(), 'age.json');
  const clock = new Machine();
  const former = await terminal(clock, file, 0);
  former.freshness.confirmed(headOf(500, clock.wallMs, { days: 60 }));
  await former.freshness.close();
  const text = readFileSync(file, 'utf8');
  const ofOld = text.replace('"lineage":"L1",', '');
  t.not(text, ofOld);
  clock.run(1);
  // Its gallery was taken away; an older limen did not say whose the versions were.
  for (const kept of [text, ofOld]) {
    writeFileSync(file, kept);
    const { freshness } = await terminal(clock, file, 0);
    for (let day = 0; day < 70; day++) {
      clock.run(1);
      freshness.confirmed(headOf(3, clock.wallMs, { lineage: 'L2' }));
      freshness.tick();
    }
    t.is(freshness.trust, 'full');
    await freshness.close();
  }
  writeFileSync(file, text);
  const unconfirmed = await terminal(clock, file, 3, 'L2');
  unconfirmed.freshness.tick();
  t.deepEqual(unconfirmed.said(), ['working'], 'a head of the former hub confirms nothing of this one');
  await unconfirmed.freshness.close();
});

test('a file of an older limen is about the gallery that is stored', async (t) => {
  const file = join(folder(), 'age.json');
  const clock = new Machine();
  const first = await terminal(clock, file, 0);
  first.freshness.confirmed(headOf(5, clock.wallMs));
  await first.freshness.close();
  writeFileSync(file, readFileSync(file, 'utf8').replace('"lineage":"L1",', ''));
  const again = await terminal(clock, file, 5);
  clock.run(9);
  again.freshness.confirmed(headOf(4, clock.wallMs));
  clock.run(2);
  again.freshness.tick();
  t.deepEqual(again.said(), ['working'], 'an older version of it confirms nothing');
  await again.freshness.close();
});

test('what is known of the age is lost: counting begins at once, and the next head ends it', async (t) => {
  const file = join(folder(), 'age.json');
  const clock = new Machine();
  for (const damage of [() => writeFileSync(file, '{"format":1,'), () => rmSync(file, { force: true })]) {
    damage();
    const { freshness, said } = await terminal(clock, file);
    freshness.tick();
    t.deepEqual(said(), ['working']);
    freshness.confirmed(headOf(2, clock.wallMs));
    t.is(freshness.trust, 'full');
    await freshness.close();
    rmSync(`${file}.previous`, { force: true });
  }
  t.regex(readFileSync(file, 'utf8'), /"trust":"full"/);
});

test('trust only ever falls as time passes', (t) => {
  const order = ['full', 'working', 'second-factor', 'none'];
  const days = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(days, days, fc.option(days), fc.option(days), (a, b, asks, more) => {
      const own = {
        secondFactorAfterMs: asks === null ? null : asks * dayMs,
        refuseAfterMs: more === null ? null : ((asks ?? 0) + more) * dayMs,
      };
      const at = (day: number) => order.indexOf(trustAt(start + day * dayMs, new Date(start).toISOString(), own));
      t.true(at(Math.min(a, b)) <= at(Math.max(a, b)));
    }),
  );
});
