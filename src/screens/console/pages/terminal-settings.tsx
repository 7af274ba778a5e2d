import { useState } from 'preact/hooks';
import type { Settings } from '../../../console/answers/settings.ts';
import { CheckConfig } from '../parts/check-config.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { ModelsCards } from '../parts/models-cards.tsx';
import { OwnPassword } from '../parts/own-menu.tsx';
import { Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { session } from '../state.ts';

/** How this terminal is set up, to be read; it is changed in its file, on the machine. */
export function TerminalSettings() {
  const maySee = session.value?.role !== 'operator';
  return (
    <Page title="Settings" says="What recognises people, and how this terminal is set up.">
      <OwnAccount />
      {maySee && <InForce />}
      <ModelsCards />
      <CheckConfig />
    </Page>
  );
}

function InForce() {
  const { value, error } = useLoaded<Settings>('/api/settings');
  return (
    <Card title="Configuration in force">
      <Problem of={error} />
      {value === null ? (
        !error && <Waiting />
      ) : (
        <>
          <p class="quiet">
            limen {value.version}, Node {value.node}. Read from its file when limen started; it is changed there, on the
            machine. Every default is included, secrets are only names of files.
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys. */}
          <pre class="tall" tabIndex={0}>
            {value.effective}
          </pre>
        </>
      )}
    </Card>
  );
}

function OwnAccount() {
  const [isChanging, setChanging] = useState(false);
  return (
    <Card
      title="Your account"
      actions={
        <button type="button" class="secondary outline" onClick={() => setChanging(true)}>
          Change your password
        </button>
      }
    >
      <p class="quiet">
        You are signed in as {session.value?.name}, {session.value?.role}, at this terminal only.
      </p>
      {isChanging && <OwnPassword onClose={() => setChanging(false)} />}
    </Card>
  );
}
