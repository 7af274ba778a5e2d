import { useEffect } from 'preact/hooks';
import type { Here } from '../../../console/answers/session.ts';
import { passwordIn, useDoing, valuesOf } from '../parts/doing.tsx';
import { Mark } from '../parts/icon.tsx';
import { Problem } from '../parts/problem.tsx';
import { ask } from '../server.ts';
import { isAtTerminal, ownName, session, signedOutBecause } from '../state.ts';

/** Name and password. */
export function SignIn() {
  const signing = useDoing(async (form: HTMLFormElement) => {
    const { name } = valuesOf(form);
    session.value = await ask<Here>('/api/session', { method: 'POST', body: { name, password: passwordIn(form) } });
    signedOutBecause.value = null;
  });
  useEffect(() => {
    document.title = `Sign in · ${ownName.value}`;
  }, []);
  return (
    <main class="door">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void signing.run(event.currentTarget);
        }}
      >
        <header class="door-head">
          <Mark />
          <div>
            <h1>{ownName}</h1>
            <p>
              {isAtTerminal.value ? 'Terminal of ' : ''}
              {session.value?.site}
            </p>
          </div>
        </header>
        {signedOutBecause.value && !signing.error && <p class="notice plain">{signedOutBecause.value}</p>}
        <Problem of={signing.error} />
        <label>
          Name
          <input name="name" autocomplete="username" required autofocus maxLength={64} />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required maxLength={200} />
        </label>
        <button type="submit" aria-busy={signing.busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}
