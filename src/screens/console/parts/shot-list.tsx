import type { Looked } from '../../../console/answers/people.ts';
import { RefusedError } from '../../kit/api.ts';
import { Icon } from './icon.tsx';
import { Badge } from './page.tsx';
import type { Shot, Shots } from './pictures.ts';

/** Every picture, with what the hub says of it. */
export function ShotList({ of }: { readonly of: Shots }) {
  if (of.all.value.length === 0) return null;
  return (
    <ul class="shots">
      {of.all.value.map((shot) => (
        <li key={shot.key} class={shot.look?.good ? 'good' : shot.look || shot.error ? 'bad' : ''}>
          <img src={shot.url} alt={shot.name} />
          <div class="shot-says">
            <Verdict of={shot} />
          </div>
          <button type="button" class="bare" aria-label={`Leave out ${shot.name}`} onClick={() => of.remove(shot.key)}>
            <Icon name="cross" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ of: { look, error, name } }: { readonly of: Shot }) {
  if (error) {
    return (
      <>
        <Badge tone="bad">of no use</Badge> <span>{error instanceof RefusedError ? error.message : String(error)}</span>
      </>
    );
  }
  if (look === null) return <span aria-busy="true">{name}</span>;
  if (look.good) return <Badge tone="good">good</Badge>;
  return (
    <>
      <Badge tone="bad">of no use</Badge> <span>{whyNot(look)}</span>
    </>
  );
}

/** Why a picture cannot be used, as an instruction. */
export function whyNot({ faces, guidance }: Looked): string {
  if (faces === 0) return 'no face in it';
  if (faces > 1) return `${faces} faces in it: one at a time`;
  return guidance.join(', ');
}

/** Whom the pictures resemble: the same person twice, or two who may be taken for one another. */
export function Resemblances({ of }: { readonly of: Shots }) {
  const all = of.all.value.flatMap(({ look }) => look?.resembles ?? []);
  const nearest = new Map(all.toSorted((a, b) => b.distance - a.distance).map((one) => [one.id, one]));
  if (nearest.size === 0) return null;
  return (
    <>
      {[...nearest.values()].toReversed().map(({ id, name, same, distance }) => (
        <div key={id} class={`notice ${same ? 'bad' : 'warn'}`} role="alert">
          <Icon name="warn" />
          <div>
            <strong>
              {same ? 'This looks like ' : 'A likeness: '}
              <a href={`/people/${encodeURIComponent(id)}`}>
                {name} ({id})
              </a>
              {same ? ', who is enrolled already.' : '.'}
            </strong>
            <p>
              {same
                ? 'The same person twice, or two whom no door can tell apart.'
                : 'Where it matters, give both a card or a PIN.'}{' '}
              Distance {distance.toFixed(3)}.
            </p>
          </div>
        </div>
      ))}
    </>
  );
}
