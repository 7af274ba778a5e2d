import { LimenError } from '../domain/errors.ts';
import { hasFace, type Person } from '../domain/person.ts';
import type { GalleryRecord } from '../sync/messages.ts';
import type { HubStore, NewPerson } from './hub-store.ts';
import { type Notify, noticeOf } from './notice.ts';

/**
 * Take the templates of an embedder from everybody, and publish each who had any. Returns from how many people.
 *
 * @throws LimenError `template.foreign-embedder` when no other embedder knows everybody.
 */
export async function forgetEmbedder(
  model: string,
  { store, publish }: { readonly store: HubStore; readonly publish: (record: GalleryRecord) => Promise<unknown> },
): Promise<number> {
  const complete = await store.completeModels();
  if (!complete.some((other) => other !== model)) throw stillNeeded(model);
  const names = await store.pictureNames();
  let forgotten = 0;
  for (const { version: _before, ...person } of await store.people()) {
    const keep = person.templates.map((template) => template.model !== model);
    if (keep.every(Boolean)) continue;
    const pictureNames = names.get(person.id)?.filter((_, i) => keep[i]) ?? [];
    const templates = person.templates.filter((_, i) => keep[i]);
    await publish(await store.replace({ ...person, templates, pictureNames }));
    forgotten++;
  }
  return forgotten;
}

/** Somebody's new templates, and those of other embedders, which terminals may still need. */
export async function beside(store: HubStore, known: Person, person: NewPerson): Promise<NewPerson> {
  const model = person.templates[0]?.model;
  const names = (await store.pictureNames()).get(known.id) ?? [];
  const kept = known.templates.flatMap((template, i) =>
    template.model === model ? [] : [{ template, name: names[i] ?? '' }],
  );
  const pictureNames = [...(person.pictureNames ?? []), ...kept.map(({ name }) => name)];
  return { ...person, pictureNames, templates: [...person.templates, ...kept.map(({ template }) => template)] };
}

function stillNeeded(model: string): LimenError {
  return new LimenError('template.foreign-embedder', `Not everybody is known by another embedder than ${model}.`, {
    hint: 'Enrol them again from their pictures with the new pack: limen people import FOLDER --again --config hub.yaml',
  });
}

/**
 * Where no embedder knows everybody, no terminal could. Where the hub's own does not, yet, the site goes on with another.
 *
 * @throws LimenError `template.foreign-embedder`
 */
export async function assertOneEmbedder(store: HubStore, model: string, notify: Notify): Promise<void> {
  const people = (await store.people()).filter(hasFace);
  const lacking = people.filter(({ templates }) => !templates.some((one) => one.model === model));
  const [first] = lacking;
  if (first === undefined) return;
  const who =
    lacking.length === 1 ? `${first.name} (${first.id}) is` : `${lacking.length} of ${people.length} people are`;
  const error = new LimenError('template.foreign-embedder', `${who} not enrolled with ${model}, the pack in use.`, {
    hint: 'Enrol them again from their pictures: limen people import FOLDER --again --config hub.yaml, and erase whoever has none: limen people erase ID. Or put the old pack back into recognition.pack.',
  });
  if ((await store.completeModels()).length === 0) throw error;
  notify(noticeOf(error));
}

/**
 * Terminals that still use the other embedder would not know somebody new, and from then on nobody new any more.
 *
 * @throws LimenError `template.foreign-embedder`
 */
export async function assertNoChangeUnderWay(store: HubStore, model: string, id: string): Promise<void> {
  const others = (await store.models()).filter((other) => other !== model);
  if (others.length === 0) return;
  throw new LimenError('template.foreign-embedder', `${id} cannot be enrolled while the site changes its embedder.`, {
    hint: `First enrol everybody again, have every terminal use ${model}, and then: limen hub forget-embedder ${others[0]} --config hub.yaml`,
  });
}
