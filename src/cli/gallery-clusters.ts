import { LimenError } from '../domain/errors.ts';
import type { RecurringVisitor, VisitorClusters } from '../gallery/clusters.ts';
import type { GallerySource } from './gallery-source.ts';
import { print, printJson, table } from './output.ts';

interface Flags {
  readonly config: string;
  readonly json?: true;
}

/** `limen gallery clusters`: faces under the wrong name, under two names, and strangers who come again. */
export async function clusters(flags: Flags): Promise<void> {
  const [{ gallerySourceOf }, { enrolmentClusters }] = await Promise.all([
    import('./gallery-source.ts'),
    import('../gallery/clusters.ts'),
  ]);
  const source = await gallerySourceOf(flags.config);
  const { gallery, pictureNames } = source;
  const found = enrolmentClusters(gallery, source.calibration);
  const visitors = await visitorsOf(source);
  const nameOf = (id: string) => gallery.people.get(id)?.name ?? id;
  const picture = (id: string, position: number) => pictureNames.get(id)?.[position] ?? `template ${position + 1}`;
  if (flags.json) {
    const split = found.split.map(({ personId, parts }) => ({
      ...{ id: personId, name: nameOf(personId) },
      parts: parts.map((part) => part.map((position) => ({ position, picture: picture(personId, position) }))),
    }));
    const mixed = found.mixed.map(({ people, templates }) => ({
      people: people.map((id) => ({ id, name: nameOf(id) })),
      templates: templates.map((one) => ({ ...one, picture: picture(one.personId, one.position) })),
    }));
    printJson({ ...found, split, mixed, visitors });
    return;
  }
  print('Enrolments');
  for (const { people, templates } of found.mixed) {
    print(`  One face, ${people.length} names: ${people.map((id) => `${nameOf(id)} (${id})`).join(', ')}`);
    print(`    ${templates.map((one) => `${one.personId}: ${picture(one.personId, one.position)}`).join(', ')}`);
  }
  for (const { personId, parts } of found.split) {
    const faces = parts.map((part) => part.map((position) => picture(personId, position)).join(', '));
    print(`  ${parts.length} faces, one name: ${nameOf(personId)} (${personId})`);
    for (const face of faces) print(`    ${face}`);
  }
  if (found.mixed.length + found.split.length === 0) print('  Every face has one name, and every name one face.');
  else {
    print(
      '\n  Look at the pictures. One person with two ids: erase one. A picture with the wrong person: erase that person and',
    );
    print('  enrol them under a new id with pictures of their own. Twins: leave it, and give both a card or a PIN.');
  }
  printVisitors(visitors, source);
}

/** `null` where no visitors are kept: on a hub, or without `visitors` in the configuration. */
async function visitorsOf({ terminalFolder, calibration }: GallerySource): Promise<VisitorClusters | null> {
  const visits = terminalFolder === null ? null : await readVisits(terminalFolder);
  if (visits === null) return null;
  const { visitorClusters } = await import('../gallery/clusters.ts');
  return visitorClusters(visits, calibration);
}

async function readVisits(dataFolder: string) {
  const [{ openVisitorStoreIn, visitorFileIn }, { isThere }] = await Promise.all([
    import('../compose.ts'),
    import('../runtime/is-there.ts'),
  ]);
  if (!isThere(visitorFileIn(dataFolder))) return null;
  const store = await openVisitorStoreIn(dataFolder);
  try {
    return store.all();
  } finally {
    store.close();
  }
}

function printVisitors(visitors: VisitorClusters | null, { terminalFolder }: GallerySource): void {
  print('\nUnknown visitors');
  if (visitors === null) {
    print(
      terminalFolder === null
        ? '  They are kept on terminals only.'
        : '  None are kept. "visitors: { keepDays: 7 }" in the configuration does: read docs/gallery.md about the law first.',
    );
    return;
  }
  const { recurring, single, foreign } = visitors;
  if (recurring.length === 0) print('  Nobody came twice.');
  for (const line of table(recurring.map(visitorRow))) print(line);
  if (single > 0) print(`  ${single} more came once.`);
  if (foreign > 0) print(`  ${foreign} were seen with other models and cannot be compared.`);
}

/** More times than these make no line clearer; `--json` has all. */
const shownTimes = 5;

function visitorRow({ visits, tries }: RecurringVisitor, i: number): string[] {
  const newest = visits.slice(-shownTimes).map((at) => `${at.slice(0, 16).replace('T', ' ')} UTC`);
  const earlier = visits.length - newest.length;
  return [
    `  unknown ${i + 1}`,
    `came ${visits.length === 1 ? 'once' : `${visits.length} times`}, ${tries} tries`,
    `${earlier > 0 ? `${earlier} earlier, ` : ''}${newest.join(', ')}`,
  ];
}

/**
 * `limen gallery forget-visitors`: erase every template of unknown people on this terminal, beside a running daemon or
 * without one.
 *
 * @throws LimenError `usage.invalid` for a hub, which keeps none.
 */
export async function forgetVisitors(flags: Flags): Promise<void> {
  const [{ isHubConfig, loadTerminalConfig }, { openVisitorStoreIn, visitorFileIn }, { isThere }] = await Promise.all([
    import('../config/load.ts'),
    import('../compose.ts'),
    import('../runtime/is-there.ts'),
  ]);
  if (isHubConfig(flags.config)) {
    throw new LimenError('usage.invalid', 'A hub keeps no unknown visitors.', { hint: "Name a terminal's YAML file." });
  }
  const { dataFolder } = loadTerminalConfig(flags.config);
  let forgotten = 0;
  if (isThere(visitorFileIn(dataFolder))) {
    const store = await openVisitorStoreIn(dataFolder);
    try {
      forgotten = store.erase();
    } finally {
      store.close();
    }
  }
  if (flags.json) printJson({ forgotten });
  else print(`Forgot ${forgotten} visits of unknown people.`);
}
