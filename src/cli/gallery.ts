import type { Command } from 'commander';
import type { Person } from '../domain/person.ts';
import { print, printJson, table } from './output.ts';

interface GalleryFlags {
  readonly config: string;
  readonly json?: true;
}

/** `limen gallery`: who a terminal knows, and how strict it is. */
export function define(program: Command): void {
  const gallery = program
    .command('gallery')
    .description('who a terminal knows, and how strict it is')
    .addHelpText('after', '\nExample:\n  limen gallery show --config door.yaml');
  const add = <F extends GalleryFlags>(name: string, description: string, action: (flags: F) => Promise<void>) =>
    gallery
      .command(name)
      .description(description)
      .requiredOption('--config <file>', "the terminal's YAML file")
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  limen gallery ${name} --config door.yaml`)
      .action(action);
  const analyse = <F extends GalleryFlags>(name: string, description: string, action: (flags: F) => Promise<void>) =>
    gallery
      .command(name)
      .description(description)
      .requiredOption('--config <file>', "the terminal's YAML file, or the hub's")
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        `\nExample:\n  limen gallery ${name} --config door.yaml\n\ndocs/gallery.md says what to do with the answer.`,
      )
      .action(action);
  add('show', 'list the people a terminal knows; `limen people list` is for the hub', show);
  add('threshold', 'how near is near enough here, and why', threshold);
  analyse('risk', 'how often a stranger gets in, and one of your own does not', async (flags) =>
    (await import('./gallery-risk.ts')).risk(flags),
  ).option('--target-fpir <share>', 'another target than the configured one: 0.001 is one stranger in a thousand');
  analyse('similar', 'pairs of people who are too alike', async (flags: GalleryFlags & { readonly chance: string }) =>
    (await import('./gallery-similar.ts')).similar(flags),
  ).option('--chance <share>', 'list pairs as alike as this share of pairs of strangers', '0.001');
  analyse('representative', "each person's most typical picture, and those that may be wrong", async (flags) =>
    (await import('./gallery-representative.ts')).representative(flags),
  );
  analyse('clusters', 'one face under two names, two faces under one, strangers who come again', async (flags) =>
    (await import('./gallery-clusters.ts')).clusters(flags),
  );
  add('forget-visitors', 'erase what is kept of unknown visitors', async (flags) =>
    (await import('./gallery-clusters.ts')).forgetVisitors(flags),
  );
}

async function terminalGallery({ config }: GalleryFlags) {
  const { galleryOf } = await import('./gallery-source.ts');
  return galleryOf(config);
}

async function show(flags: GalleryFlags): Promise<void> {
  const { gallery, stored } = await terminalGallery(flags);
  const { version, lineage, embedder } = gallery;
  const { recoveredFrom } = stored;
  const people = [...gallery.people.values()].map(
    ({ id, name, templates, groups, validFrom, validUntil, version }) => ({
      id,
      name,
      templates: templates.length,
      groups,
      validFrom,
      validUntil,
      version,
    }),
  );
  const rows = people.reduce((sum, { templates }) => sum + templates, 0);
  if (flags.json) {
    printJson({ version, lineage, embedder, templates: rows, recoveredFrom, people });
    return;
  }
  print(`Gallery version ${version} of ${people.length} people, ${rows} templates by ${embedder}.`);
  if (recoveredFrom) print(`This is the generation before the newest: ${recoveredFrom.reason}`);
  const rest = people.map((person) => [
    person.id,
    person.name,
    person.templates === 0 ? 'no face' : String(person.templates),
    person.groups.join(', '),
    validityOf(person),
  ]);
  for (const line of table([['ID', 'NAME', 'TEMPLATES', 'GROUPS', 'VALID'], ...rest])) print(line);
}

function validityOf({ validFrom, validUntil }: Pick<Person, 'validFrom' | 'validUntil'>): string {
  return validFrom === null && validUntil === null ? 'always' : `${validFrom ?? '…'} – ${validUntil ?? '…'}`;
}

async function threshold(flags: GalleryFlags): Promise<void> {
  const { config, gallery } = await terminalGallery(flags);
  const [{ policyFor }, { loadRecognition }] = await Promise.all([
    import('../access/policy.ts'),
    import('../compose.ts'),
  ]);
  const { pack } = await loadRecognition(config.recognition);
  const { threshold: derived } = policyFor(gallery, pack.calibration, config.recognition);
  const { targetFpir } = config.recognition;
  if (flags.json) {
    const shortfall = derived.shortfall?.message ?? null;
    printJson({ ...derived, shortfall, targetFpir, templates: gallery.rows, people: gallery.faces });
    return;
  }
  print(`A face is granted up to a distance of ${derived.threshold.toFixed(4)} (1 − cosine).`);
  print(`Then ${percent(derived.predictedFpir)} of strangers would be taken for one of ${gallery.faces} people;`);
  print(`the site allows ${percent(targetFpir)} (recognition.targetFpir).`);
  print(`Basis: ${derived.basis}.`);
  if (derived.shortfall !== null) print(`\nNot met: ${derived.shortfall.message} ${derived.shortfall.hint ?? ''}`);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
