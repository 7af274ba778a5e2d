import { statSync } from 'node:fs';
import { Gallery } from '../../src/gallery/gallery.ts';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener } from '../../src/sync/envelope.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { openGalleryReplica } from '../../src/sync/replica.ts';
import { terminalSealer } from '../../src/sync/terminal-envelope.ts';
import { counting, keysOf, say, site, task, terminalKeysOf, used } from './party.ts';
import { personId } from './people.ts';

/** A terminal without camera and door: its gallery is checked, written and taken into use as in the product. */

const job = task();
const keys = await keysOf(job);
const sealer = terminalSealer({ site: keys.site, own: await terminalKeysOf(job) });
let gallery = Gallery.empty('bench/1');
const startedMs = performance.now();
const link = counting(openMqttLink({ url: job.url, clientId: `terminal-${process.pid}` }));
await openGalleryReplica({
  ...{ site, terminal: 'bench', link, opener: opener(site, keys), sealer, clock: systemClock },
  store: new LowdbGalleryStore({ file: `${job.folder}/gallery.json`, key: Buffer.alloc(32, 7) }),
  freshness: { now: () => systemClock.now(), confirmed: () => {} },
  report: (occurrence) => {
    if (occurrence.kind === 'gallery.refused' || occurrence.kind === 'gallery.incomplete') {
      console.error(JSON.stringify(occurrence).slice(0, 300));
    }
  },
  check: (snapshot) => {
    gallery = gallery.followedBy(snapshot);
  },
  onGallery: (snapshot) => {
    const { version, people } = snapshot;
    const inMs = performance.now() - startedMs;
    say({ kind: 'gallery', version, people: people.length, inMs, bytes: link.bytes, ...used() });
  },
});
process.on('message', () => {
  const matchMs = Array.from({ length: 200 }, (_, i) => {
    const probe = gallery.people.get(personId(((i * 7919) % job.people) + 1))!.templates[0]!;
    const fromMs = performance.now();
    gallery.rank(probe);
    return performance.now() - fromMs;
  }).sort((a, b) => a - b)[100];
  const fileMb = statSync(`${job.folder}/gallery.json`).size / 1e6;
  say({ kind: 'figures', matchMs, fileMb, rssMb: process.memoryUsage.rss() / 2 ** 20, ...used() });
});
process.once('disconnect', () => process.exit(0));
