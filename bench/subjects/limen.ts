import { templateFrom } from '../../src/domain/template.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { packageVersion } from '../../src/runtime/package-root.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import { openGates } from '../../test/support/gates.ts';
import { type Watch, watchDoor } from './door.ts';
import { cpuMs, measure, type Spent, type Subject } from './measure.ts';
import { randomVectors } from './random.ts';

/**
 * limen's own eyes, in this process as the vision worker has them in its thread. Gates are open, so that every face is
 * embedded, as the peers do it.
 */
await measure(async ({ threads, packs, wholeSearch }): Promise<Subject> => {
  const pack = await loadPack(packs);
  const engine = await openEngine({ threads });
  // Stages are measured in CPU time on even passes and in wall time on odd ones: vision carries one watch.
  let unit: keyof Spent = 'cpuMs';
  const now = () => (unit === 'cpuMs' ? cpuMs() : performance.now());
  // At a door every picture is searched while somebody moves, as in this clip; commands search each for faces of every size.
  const attention = { attention: { idleFps: 60 } };
  const vision = await createVision({ pack, engine, quality: openGates, now, ...(wholeSearch ? {} : attention) });
  const still: Watch = async (frame) => ({ seen: await vision.see(frame), look: 'full' });
  const watch = wholeSearch ? still : await watchDoor(vision, pack);
  let id = 0;
  return {
    version: `limen ${packageVersion()}, ${engine.name}, pack ${pack.name}`,
    async see(data, pass) {
      unit = pass % 2 === 0 ? 'cpuMs' : 'wallMs';
      const { seen, look } = await watch({ id: id++, capturedAtMs: id * 100, format: 'jpeg', data });
      const templates = seen.sightings.filter(({ template, glimpse }) => template ?? glimpse).length;
      const stages = Object.entries(seen.timings).map(([name, spent]) => [name.replace(/Ms$/, ''), { [unit]: spent }]);
      return { faces: seen.sightings.length, templates, full: look !== 'glimpse', stages: Object.fromEntries(stages) };
    },
    matcher(rows) {
      const templates = randomVectors(rows, pack.embedder.dimensions).map((v) => templateFrom(pack.embedder.id, v));
      const people = templates.map((template, i) => ({
        id: `p${i}`,
        name: `p${i}`,
        groups: [],
        validFrom: null,
        validUntil: null,
        templates: [template],
        version: 1,
      }));
      const gallery = Gallery.from({ lineage: '', version: 1, embedder: pack.embedder.id, people, erased: {} });
      return () => gallery.rank(templates[7]!);
    },
  };
});
