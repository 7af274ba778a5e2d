import { useState } from 'preact/hooks';
import type { ConfigChecked, Models } from '../../../console/answers/settings.ts';
import { useDoing, valuesOf } from '../parts/doing.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { OwnSettings } from '../parts/own-settings.tsx';
import { Badge, Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { SiteKeys } from '../parts/site-keys.tsx';
import { TextEditor, TextProblems } from '../parts/text-editor.tsx';
import { ask } from '../server.ts';
import { session } from '../state.ts';

/** Packs, engines, and configurations checked as their files would be. */
export function SettingsPage() {
  const maySee = session.value?.role !== 'operator';
  return (
    <Page title="Models and settings" says="What recognises people, and how the hub and its terminals are set up.">
      <ModelsCard />
      <CheckCard />
      {maySee && <SiteKeys />}
      {maySee && <OwnSettings />}
    </Page>
  );
}

function ModelsCard() {
  const { value, error } = useLoaded<Models>('/api/models');
  if (value === null) return <Card title="Models">{error ? <Problem of={error} /> : <Waiting />}</Card>;
  return (
    <>
      <Card title="Packs" class="flush titled">
        <table class="rows">
          <thead>
            <tr>
              <th>Pack</th>
              <th>State</th>
              <th>Gives</th>
              <th class="number">Size</th>
              <th class="number">LFW</th>
              <th class="number">TAR at 0.1 %</th>
              <th>Licence</th>
            </tr>
          </thead>
          <tbody>
            {value.packs.map((pack) => (
              <tr key={pack.name}>
                <td>
                  <strong>{pack.name}</strong>
                </td>
                <td>
                  <PackState of={pack} />
                </td>
                <td>{pack.gives.join(', ')}</td>
                <td class="number">{(pack.bytes / 1e6).toFixed(1)} MB</td>
                <td class="number">{percent(pack.accuracy)}</td>
                <td class="number">{percent(pack.trueAcceptance)}</td>
                <td>{pack.licence}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="quiet note">
          LFW: pairs of pictures told apart correctly. TAR: pairs of one person accepted when 1 of 1,000 strangers is.
          What is not here is fetched with <code>limen models add NAME</code> on the machine.
        </p>
      </Card>
      <Card title="Engine">
        <p class="engines">
          {value.engines.map(({ name, inUse }) => (
            <Badge key={name} tone={inUse ? 'good' : 'plain'}>
              {name}
              {inUse ? ', in use' : ''}
            </Badge>
          ))}
        </p>
      </Card>
    </>
  );
}

function PackState({ of }: { readonly of: Models['packs'][number] }) {
  if (of.inUse) return <Badge tone="good">in use</Badge>;
  if (!of.installed) return <Badge tone="plain">not here</Badge>;
  return of.calibrated ? <Badge tone="plain">here</Badge> : <Badge tone="warn">here, not measured</Badge>;
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(2)} %`;
}

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

function CheckCard() {
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
