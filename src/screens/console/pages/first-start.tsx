import { useEffect, useState } from 'preact/hooks';
import { FirstAccount } from '../parts/first-account.tsx';
import { Mark } from '../parts/icon.tsx';
import { Point } from '../parts/point.tsx';
import { Provision } from '../parts/provision.tsx';
import { settingUp } from '../state.ts';

const steps = ['Keys', 'Administrator', 'First terminal', 'Done'] as const;

/** The first start of a hub: keys, an administrator, a first terminal. */
export function FirstStart() {
  const [isWelcomed, setWelcomed] = useState(false);
  const step = settingUp.value === 'done' ? 3 : settingUp.value === 'terminal' ? 2 : isWelcomed ? 1 : 0;
  useEffect(() => {
    document.title = 'Set up · limen';
  }, []);
  return (
    <main class="door">
      <div class="card wizard">
        <header class="door-head">
          <Mark />
          <div>
            <h1>Set up this hub</h1>
            <p>Three steps, two minutes.</p>
          </div>
        </header>
        <ol class="steps" aria-label="Steps">
          {steps.map((name, i) => (
            <li key={name} class={i < step ? 'over' : ''} aria-current={i === step ? 'step' : undefined}>
              {name}
            </li>
          ))}
        </ol>
        {step === 0 && <Keys onGo={() => setWelcomed(true)} />}
        {step === 1 && (
          <FirstAccount
            verb="Make the keys and this account"
            printedBy="limen hub run"
            unit="limen-hub"
            onMade={() => {
              settingUp.value = 'terminal';
            }}
          >
            You. Others can be let in later, with more or less to say.
          </FirstAccount>
        )}
        {step === 2 && <FirstTerminal />}
        {step === 3 && <Done />}
      </div>
    </main>
  );
}

function Keys({ onGo }: { readonly onGo: () => void }) {
  return (
    <>
      <p>
        The hub is where people are enrolled and from where doors learn who they are. It makes two keys of its own now:
      </p>
      <ul class="points">
        <Point icon="key" title="The key of the hub">
          signs everything that doors obey, so that nobody else can let somebody in.
        </Point>
        <Point icon="lock" title="The key of the site">
          encrypts faces, PINs and events on their way.
        </Point>
      </ul>
      <p>They are kept in the hub's data folder, and never leave this site.</p>
      <footer>
        <button type="button" onClick={onGo}>
          Go on
        </button>
      </footer>
    </>
  );
}

function FirstTerminal() {
  const [isMade, setMade] = useState(false);
  const go = () => {
    settingUp.value = 'done';
  };
  return (
    <>
      {!isMade && <p>What is the first door, or time clock, called? It gets keys of its own, in one file.</p>}
      <Provision onMade={() => setMade(true)} />
      <footer>
        <button type="button" class={isMade ? '' : 'secondary outline'} onClick={go}>
          {isMade ? 'Go on' : 'Later'}
        </button>
      </footer>
    </>
  );
}

function Done() {
  return (
    <>
      <p>
        The hub runs. <strong>Back up its data folder</strong>, and keep the copy in a safe place: without the keys in
        it, every terminal would have to be set up again.
      </p>
      <ul class="points">
        <Point icon="terminals" title="Terminals">
          appear as soon as they are switched on with their file.
        </Point>
        <Point icon="people" title="People">
          are enrolled with a camera, from pictures, or many at once from a list.
        </Point>
      </ul>
      <footer>
        <button
          type="button"
          onClick={() => {
            settingUp.value = null;
          }}
        >
          Open the console
        </button>
      </footer>
    </>
  );
}
