import { print, printJson, table } from './output.ts';

interface Flags {
  readonly config: string;
  readonly json?: true;
}

/** `limen gallery representative`: each person's most typical picture, and those that may show somebody else. */
export async function representative(flags: Flags): Promise<void> {
  const [{ gallerySourceOf }, { portraits, strangeDistance }] = await Promise.all([
    import('./gallery-source.ts'),
    import('../gallery/likeness.ts'),
  ]);
  const { gallery, calibration, pictureNames } = await gallerySourceOf(flags.config);
  const strange = strangeDistance(calibration);
  const people = portraits(gallery, calibration).map(({ personId, representative: typical, templates }) => ({
    id: personId,
    name: gallery.people.get(personId)!.name,
    representative: typical,
    templates: templates.map((one) => ({ ...one, picture: pictureNames.get(personId)?.[one.position] ?? null })),
  }));
  if (flags.json) {
    printJson({ strangeDistance: strange, people });
    return;
  }
  const { counted, distance } = await import('../evaluate/report/words.ts');
  const called = ({ position, picture }: (typeof people)[number]['templates'][number]) =>
    picture ?? `template ${position + 1}`;
  const rows = people.map(({ id, name, representative: typical, templates }) => {
    const outliers = templates.filter(({ outlier }) => outlier);
    const doubt = outliers.map((one) => `${called(one)} (${distance(one.toRest!)})`).join(', ');
    return [
      id,
      name,
      String(templates.length),
      called(templates.find(({ position }) => position === typical)!),
      templates.length < 2 ? 'a single one cannot be judged' : doubt,
    ];
  });
  for (const line of table([['ID', 'NAME', 'TEMPLATES', 'MOST TYPICAL', 'LOOK AT'], ...rows])) print(line);
  const doubtful = people.filter(({ templates }) => templates.some(({ outlier }) => outlier));
  print();
  if (doubtful.length === 0) {
    print("Everybody's pictures go together.");
    return;
  }
  print(
    `Look at the pictures of ${counted(doubtful.length, 'person', 'people')}: they are as far from the person's others as pictures of`,
  );
  print(
    `strangers are (distance above ${distance(strange)}). A wrong picture opens the door for whoever is on it: erase that`,
  );
  print('person (limen people erase ID) and enrol them under a new id with pictures of their own.');
}
