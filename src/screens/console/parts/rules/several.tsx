import { WrongAt } from './wrong-at.tsx';

/** Any of a few names, those that are no longer there included. */
export function Several(props: {
  readonly legend: string;
  /** What it means to choose none. */
  readonly none: string;
  readonly of: readonly string[];
  readonly chosen: readonly string[];
  /** What the rule calls it. */
  readonly field: string;
  readonly onChange: (chosen: string[]) => void;
}) {
  const { legend, none, of, chosen, field, onChange } = props;
  const all = [...new Set([...of, ...chosen])];
  return (
    <fieldset class="several">
      <legend>
        {legend} {chosen.length === 0 && <span class="quiet">{none}</span>}
      </legend>
      <div class="days">
        {all.map((one) => {
          const on = chosen.includes(one);
          return (
            <label key={one} class={on ? 'chip on' : 'chip'}>
              <input
                type="checkbox"
                class="hidden"
                checked={on}
                onChange={() => onChange(on ? chosen.filter((other) => other !== one) : [...chosen, one])}
              />
              {one}
            </label>
          );
        })}
        {all.length === 0 && <small>There are none yet.</small>}
      </div>
      <WrongAt field={field} />
    </fieldset>
  );
}
