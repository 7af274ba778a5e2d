import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { TextProblem } from '../../../../console/answers/rules.ts';

/** What is wrong with the rule that a form holds; keys begin within the rule. */
const Problems = createContext<readonly TextProblem[]>([]);

const isAt = (field: string, { key }: TextProblem) => key === field || key.startsWith(`${field}.`);

/** What is wrong with a field, beside it. */
export function WrongAt({ field }: { readonly field: string }) {
  const here = useContext(Problems).filter((problem) => isAt(field, problem));
  return (
    <>
      {here.map(({ key, says }) => (
        <small key={key + says} class="wrong" role="alert">
          {says}
        </small>
      ))}
    </>
  );
}

/**
 * The fields of a rule, and before them what is wrong and has no field here: other rules that depend on this one.
 *
 * @param props.within where the rule stands in the whole, with a dot behind it; empty for rules without a name
 * @param props.fields those that tell themselves what is wrong with them
 */
export function Wrongs(props: {
  readonly of: readonly TextProblem[];
  readonly within: string;
  readonly fields: readonly string[];
  readonly children: ComponentChildren;
}) {
  const { of, within, fields, children } = props;
  const own = of
    .filter(({ key }) => key.startsWith(within))
    .map((problem) => ({ ...problem, key: problem.key.slice(within.length) }));
  const placed = own.filter((problem) => fields.some((field) => isAt(field, problem)));
  const rest = of.filter(({ key }) => !placed.some((problem) => within + problem.key === key));
  return (
    <Problems.Provider value={placed}>
      {rest.length > 0 && (
        <div class="problems" role="alert">
          <ul>
            {rest.map(({ key, says }) => (
              <li key={key + says}>
                {key} {says}
              </li>
            ))}
          </ul>
        </div>
      )}
      {children}
    </Problems.Provider>
  );
}
