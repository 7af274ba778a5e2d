import type { Here } from '../../../console/answers/session.ts';
import { ask } from '../server.ts';
import { session } from '../state.ts';
import { passwordIn, useDoing, valuesOf } from './doing.tsx';
import { Problem } from './problem.tsx';

/** Whoever followed the address in the log need not type it: behind `#`, it is sent to nobody. */
const codeInAddress = /^#code=([\w-]{1,64})$/.exec(location.hash)?.[1] ?? '';

/** The first account of all. */
export function FirstAccount(props: {
  readonly verb: string;
  /** Which command has printed the setup code, and which unit of systemd runs it. */
  readonly printedBy: string;
  readonly unit: string;
  readonly onMade?: () => void;
  readonly children: string;
}) {
  const { verb, printedBy, unit, onMade, children } = props;
  const making = useDoing(async (form: HTMLFormElement) => {
    const { name, code } = valuesOf(form);
    const password = passwordIn(form);
    if (password !== passwordIn(form, 'again')) throw new Error('The two passwords are not the same.');
    const here = await ask<Here>('/api/setup', { method: 'POST', body: { code, name, password } });
    // It was good for this once; the address need not keep it.
    history.replaceState(null, '', location.pathname);
    onMade?.();
    session.value = here;
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void making.run(event.currentTarget);
      }}
    >
      <p>{children}</p>
      <Problem of={making.error} />
      <label>
        Setup code
        <input
          name="code"
          class="code"
          autocomplete="off"
          required
          maxLength={64}
          placeholder="XXXX-XXXX"
          defaultValue={codeInAddress}
          autofocus={codeInAddress === ''}
        />
        <small>
          <code>{printedBy}</code> has printed it when it started; under systemd, see <code>journalctl -u {unit}</code>.
        </small>
      </label>
      <label>
        Name
        <input name="name" autocomplete="username" required autofocus={codeInAddress !== ''} maxLength={64} />
      </label>
      <label>
        Password
        <input name="password" type="password" autocomplete="new-password" required minLength={10} maxLength={200} />
        <small>10 signs or more; a few unrelated words are best.</small>
      </label>
      <label>
        Once more
        <input name="again" type="password" autocomplete="new-password" required maxLength={200} />
      </label>
      <footer>
        <button type="submit" aria-busy={making.busy}>
          {verb}
        </button>
      </footer>
    </form>
  );
}
