import { useEffect, useRef } from 'preact/hooks';
import type { TextProblem } from '../../../console/answers/rules.ts';

/** A text with its lines numbered; those with a problem are marked. */
export function TextEditor(props: {
  /** What the text is, for whoever does not see it. */
  readonly label: string;
  readonly text: string;
  readonly problems: readonly TextProblem[];
  readonly onChange: (text: string) => void;
  readonly readOnly?: boolean;
}) {
  const { label, text, problems, onChange, readOnly } = props;
  const wrong = new Set(problems.map(({ line }) => line));
  const editor = useRef<HTMLDivElement>(null);
  // The first line with a problem may be far from where somebody is.
  useEffect(() => editor.current?.querySelector('.numbers .bad')?.scrollIntoView({ block: 'nearest' }), [problems]);
  const lines = Math.max(10, text.split('\n').length);
  return (
    <div class="editor" ref={editor}>
      <div class="numbers" aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          <span key={i} class={wrong.has(i + 1) ? 'bad' : ''}>
            {i + 1}
          </span>
        ))}
      </div>
      <textarea
        aria-label={label}
        aria-invalid={problems.length > 0 ? 'true' : undefined}
        spellcheck={false}
        rows={lines}
        value={text}
        readOnly={readOnly}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}

/** What is wrong with a text, line by line. */
export function TextProblems({ of }: { readonly of: readonly TextProblem[] }) {
  if (of.length === 0) return null;
  return (
    <div class="problems" role="alert">
      <ul>
        {of.map(({ line, column, key, says }) => (
          <li key={`${line}:${column}:${key}:${says}`}>
            <span class="place">line {line}</span>
            <span>
              {key && <strong>{key} </strong>}
              {says}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
