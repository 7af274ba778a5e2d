import { useState } from 'preact/hooks';
import type { ConfigChecked } from '../../../console/answers/settings.ts';
import { ask } from '../server.ts';
import { useDoing, valuesOf } from './doing.tsx';
import { Icon } from './icon.tsx';
import { Card } from './page.tsx';
import { Problem } from './problem.tsx';
import { TextEditor, TextProblems } from './text-editor.tsx';

const example = `site: hq
terminal: front-door
dataFolder: /var/lib/limen
camera:
  driver: v4l2
door:
  driver: gpiochip
  line: 17
  pulsMs: 3000
`;

/** A configuration is pasted, and checked as limen checks its file. */
export function CheckConfig() {
  const [checked, setChecked] = useState<ConfigChecked | null>(null);
  const [text, setText] = useState('');
  const checking = useDoing(async (form: HTMLFormElement) => {
    const body = { kind: valuesOf(form).kind, text };
    setChecked(await ask<ConfigChecked>('/api/settings/check', { method: 'POST', body }));
  });
  const change = (next: string) => {
    setText(next);
    setChecked(null);
  };
  return (
    <Card title="Check a configuration">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void checking.run(event.currentTarget);
        }}
      >
        <p class="quiet">Checked as limen does when it starts; nothing is changed. Paste a file, or edit one here.</p>
        <Problem of={checking.error} />
        <div class="actions">
          <label class="inline">
            <input type="radio" name="kind" value="terminal" defaultChecked onChange={() => setChecked(null)} /> of a
            terminal
          </label>
          <label class="inline">
            <input type="radio" name="kind" value="hub" onChange={() => setChecked(null)} /> of the hub
          </label>
          <button type="button" class="small secondary outline" onClick={() => change(example)}>
            An example
          </button>
        </div>
        <TextEditor
          label="The configuration, YAML"
          {...{ text, problems: checked?.problems ?? [], onChange: change }}
        />
        {checked && <Outcome of={checked} />}
        <footer>
          <button type="submit" disabled={text.trim() === ''} aria-busy={checking.busy}>
            Check it
          </button>
        </footer>
      </form>
    </Card>
  );
}

function Outcome({ of: { problems, effective } }: { readonly of: ConfigChecked }) {
  if (problems.length === 0) {
    return (
      <>
        <div class="notice good">
          <Icon name="check" />
          <div>
            <strong>Nothing is wrong with it.</strong>
          </div>
        </div>
        <details>
          <summary>With every default</summary>
          <pre>{effective}</pre>
        </details>
      </>
    );
  }
  return <TextProblems of={problems} />;
}
