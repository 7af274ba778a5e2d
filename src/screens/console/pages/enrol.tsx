import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { EnrolledTold } from '../../../console/answers/people.ts';
import { RefusedError } from '../../kit/api.ts';
import { Camera } from '../parts/camera.tsx';
import { useDoing, valuesOf } from '../parts/doing.tsx';
import { DropZone } from '../parts/drop-zone.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Page } from '../parts/page.tsx';
import { listOf, PersonFields, validityOf } from '../parts/person-fields.tsx';
import { noShots, pictureTypes, type Shots } from '../parts/pictures.ts';
import { Problem } from '../parts/problem.tsx';
import { Resemblances, ShotList } from '../parts/shot-list.tsx';
import { WithoutFace } from '../parts/without-face.tsx';
import { ask } from '../server.ts';
import { notice } from '../state.ts';

/** Enrol somebody; with `id`, make new templates of somebody who is enrolled. */
export function Enrol({ id }: { readonly id?: string }) {
  const shots = useMemo(() => noShots(id), [id]);
  const [withoutFace, setWithoutFace] = useState(false);
  const { route } = useLocation();
  useEffect(() => () => shots.clear(), [shots]);
  const enrolling = useDoing(async (form: HTMLFormElement) => {
    const values = valuesOf(form);
    const pictures = withoutFace ? [] : shots.good();
    if (!withoutFace && pictures.length === 0) throw new Error('There is no good picture yet.');
    const despiteDoubts = values.despiteDoubts === 'on';
    const said = id
      ? { id, name: values.name, again: true }
      : {
          id: values.id,
          name: values.name,
          groups: listOf(values.groups),
          cards: listOf(values.cards),
          ...validityOf(values),
        };
    const pin = values.pin ? { pin: values.pin } : {};
    const done = await ask<EnrolledTold>('/api/people', {
      method: 'POST',
      body: { ...said, ...pin, pictures, withoutFace, despiteDoubts },
    });
    const at = `/people/${encodeURIComponent(done.id)}`;
    notice.value = {
      at,
      tone: done.published ? 'good' : 'warn',
      says: `${values.name} is enrolled${withoutFace ? ' without a face' : ''}.${done.published ? '' : ' Terminals hear of it when the broker can be reached.'}`,
      more: done.warnings,
    };
    route(at);
  });
  const isDoubted =
    enrolling.error instanceof RefusedError &&
    ['person.look-alike', 'image.other-person'].includes(enrolling.error.code);
  const count = shots.good().length;
  return (
    <Page
      title={id ? 'New pictures' : 'Enrol somebody'}
      says="Three to five pictures from slightly different sides recognise best. Nothing is kept of them but numbers."
      back={id ? { href: `/people/${encodeURIComponent(id)}`, to: id } : { href: '/people', to: 'People' }}
    >
      <form
        class="enrol"
        onSubmit={(event) => {
          event.preventDefault();
          void enrolling.run(event.currentTarget);
        }}
      >
        {withoutFace ? (
          <WithoutFace onFace={() => setWithoutFace(false)} />
        ) : (
          <Card title="Pictures">
            <Pictures of={shots} onWithoutFace={id === undefined ? () => setWithoutFace(true) : null} />
          </Card>
        )}
        <Card title="Person">
          <div class="stack">
            <PersonFields person={id} />
            <Problem of={enrolling.error} />
            {isDoubted && (
              <label>
                <input type="checkbox" name="despiteDoubts" /> I have looked: enrol all the same
              </label>
            )}
            <footer>
              <button type="submit" disabled={count === 0 && !withoutFace} aria-busy={enrolling.busy}>
                {enrolWords(count, withoutFace)}
              </button>
            </footer>
          </div>
        </Card>
      </form>
    </Page>
  );
}

function enrolWords(count: number, withoutFace: boolean): string {
  if (withoutFace) return 'Enrol without a face';
  return count === 0 ? 'A good picture is needed' : `Enrol with ${count} ${count === 1 ? 'picture' : 'pictures'}`;
}

function Pictures(props: { readonly of: Shots; readonly onWithoutFace: (() => void) | null }) {
  const { of, onWithoutFace } = props;
  const [isCamera, setCamera] = useState(false);
  return (
    <div class="stack">
      {isCamera ? (
        <Camera into={of} onDone={() => setCamera(false)} />
      ) : (
        <>
          <button type="button" class="outline" onClick={() => setCamera(true)}>
            <Icon name="camera" /> Use this computer's camera
          </button>
          <DropZone
            {...{
              title: 'Drop pictures here',
              says: 'or choose files: JPEG, PNG or WebP, up to 12 MB each',
              label: 'Pictures',
            }}
            accept={pictureTypes.join(',')}
            onFiles={(files) => {
              for (const { name, file } of files) void of.add(file, name);
            }}
          />
        </>
      )}
      <Resemblances of={of} />
      <ShotList of={of} />
      {onWithoutFace && (
        <button type="button" class="secondary outline" onClick={onWithoutFace}>
          <Icon name="key" /> Without a face
        </button>
      )}
    </div>
  );
}
