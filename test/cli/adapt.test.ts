import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { openGalleryStore } from '../../src/compose.ts';
import type { Template } from '../../src/domain/template.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { madePeople } from '../adapt/people.ts';
import { holdsTemplate, limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { peopleFolder } from '../support/people.ts';

const folder = temporaryFolders(test);

/** A terminal that holds a gallery of these people, and its configuration. */
async function terminalWith(people: readonly (readonly Template[])[], recognition: object = {}): Promise<string> {
  const root = folder();
  const dataFolder = join(root, 'data');
  mkdirSync(dataFolder, { mode: 0o700 });
  const { embedder } = await loadPack('faceapi');
  const store = await openGalleryStore(dataFolder);
  await store.write({
    ...{ lineage: 'l', version: 1, embedder: embedder.id, erased: {} },
    people: people.map((templates, i) => ({
      ...{ id: `p${i}`, name: `P${i}`, templates, groups: [], validFrom: null, validUntil: null, version: 1 },
    })),
  });
  const config = {
    ...{ site: 'test', terminal: 'door', dataFolder: 'data', door: { driver: 'simulated' } },
    camera: { driver: 'replay', folder: join(peopleFolder, 'clips/walkup-p01-blink') },
    recognition: { liveness: 'off', ...recognition },
  };
  writeFileSync(join(root, 'door.yaml'), stringify(config));
  return join(root, 'door.yaml');
}

const of = async () => {
  const { embedder } = await loadPack('faceapi');
  return { model: embedder.id, dimensions: embedder.dimensions };
};

test('a projection that helps is written, says how far its figures reach, and is refused at a door that needs more', async (t) => {
  const people = madePeople({ people: 40, pictures: 4, nuisance: 10, noise: 0.5, of: await of() });
  const config = await terminalWith(people, { projection: 'projection.json' });
  const out = join(config, '..', 'projection.json');
  // The projection that the configuration names is not there yet: it is what is to be made.
  const { exitCode, stdout, stderr } = await limen('adapt', '--config', config, '--fpir', '0.05', '--out', out);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^Learned from 160 templates of 40 people/);
  t.regex(stdout, /difference +-\d+\.\d+ points, 95 % interval -\d+\.\d+ to -\d+\.\d+\n/);
  t.regex(stdout, /no terminal will take this file\. Measure it with --strangers FOLDER\.\n?$/);
  t.false(holdsTemplate(JSON.parse(readFileSync(out, 'utf8'))));

  const shown = await limen('gallery', 'show', '--config', config, '--json');
  t.is(JSON.parse(shown.stdout).embedder, JSON.parse(readFileSync(out, 'utf8')).id);
  refuses(t, await limen('gallery', 'threshold', '--config', config), 78, 'calibration.unsupported');
});

test('one that does not help is not written, and said loudly', async (t) => {
  const people = madePeople({ people: 40, pictures: 3, nuisance: 0.1, noise: 0.1, of: await of() });
  const config = await terminalWith(people);
  const out = join(config, '..', 'projection.json');
  const { exitCode, stdout, stderr } = await limen('adapt', '--config', config, '--out', out);
  t.is(exitCode, 65);
  t.regex(stdout, /people not recognised, plain +0 %\n/);
  t.regex(stderr, /^limen: No adaptation: not better\. .*\[adapt\.not-better\]\nmend: /);
  t.false(existsSync(out));

  const json = await limen('adapt', '--config', config, '--out', out, '--json');
  t.is(json.exitCode, 65);
  t.like(JSON.parse(json.stdout), { accepted: false, people: 40, templates: 120, id: null, file: null });
});

test('ten rendered people are too few, and a command without people is told so', async (t) => {
  refuses(t, await limen('adapt', '--images', join(peopleFolder, 'people')), 65, 'adapt.too-little');
  refuses(t, await limen('adapt'), 64, 'usage.invalid');
  refuses(t, await limen('adapt', '--images', 'x', '--fpir', '2'), 64, 'usage.invalid');
});
