import { useState } from 'preact/hooks';
import { ask } from '../server.ts';
import { useDoing, valuesOf } from './doing.tsx';
import { Icon } from './icon.tsx';
import { Problem } from './problem.tsx';

/** What a terminal is set up with, as the server made it. */
interface Made {
  readonly name: string;
  readonly content: string;
  readonly qr: string | null;
}

/** Provision a terminal: its name, and then its file. */
export function Provision(props: {
  /** Make new keys for this one. */
  readonly again?: string;
  readonly onMade?: () => void;
}) {
  const { again, onMade } = props;
  const [made, setMade] = useState<Made | null>(null);
  const making = useDoing(async (form: HTMLFormElement) => {
    const { terminal = '', broker = '', certificate } = valuesOf(form);
    const body = {
      terminal: again ?? terminal,
      ...(broker !== '' && { broker }),
      ...(certificate && { certificate: true }),
      ...(again && { replace: true }),
    };
    setMade(await ask<Made>('/api/terminals', { method: 'POST', body }));
    onMade?.();
  });
  if (made !== null) return <Handed made={made} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void making.run(event.currentTarget);
      }}
    >
      <Problem of={making.error} />
      {again ? (
        <p>
          {again} gets new keys. The file that it has now is of no use any more: it is out of service until it has the
          new one.
        </p>
      ) : (
        <label>
          Name of the terminal
          <input
            name="terminal"
            required
            autofocus
            maxLength={64}
            pattern="[A-Za-z0-9_\-][A-Za-z0-9._\-]*"
            placeholder="front-door"
          />
          <small>Letters, digits, dots, dashes. As its configuration says.</small>
        </label>
      )}
      <details>
        <summary>How it reaches the broker</summary>
        <label>
          Address
          <input name="broker" maxLength={300} placeholder="as the hub does, for example mqtts://broker.example:8883" />
        </label>
        <label>
          <input name="certificate" type="checkbox" /> Issue a client certificate
          <small>By the authority of limen hub init --certificates.</small>
        </label>
      </details>
      <footer>
        <button type="submit" aria-busy={making.busy}>
          Make its file
        </button>
      </footer>
    </form>
  );
}

function Handed({ made: { name, content, qr } }: { readonly made: Made }) {
  const [isShown, setShown] = useState(false);
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div class="handed">
      <p class="notice warn">
        <Icon name="key" />
        <span>
          <strong>{name}</strong> holds the terminal's keys. It is shown once and kept nowhere here: carry it over a
          safe way, and delete it afterwards.
        </span>
      </p>
      <div class="actions">
        <button type="button" onClick={save}>
          <Icon name="download" /> Download {name}
        </button>
        {qr && (
          <button type="button" class="secondary outline" onClick={() => setShown(!isShown)}>
            {isShown ? 'Hide the QR code' : 'Show it as a QR code'}
          </button>
        )}
      </div>
      {qr === null && <p class="quiet">With its certificates it is too long for a QR code.</p>}
      {qr && isShown && (
        <figure class="qr">
          <img src={qr} alt={`The file ${name} as a QR code`} />
          <figcaption>Its text is the file. Whoever photographs it has the keys.</figcaption>
        </figure>
      )}
      <p>On the terminal:</p>
      <pre>limen provision {name} --config terminal.yaml</pre>
    </div>
  );
}
