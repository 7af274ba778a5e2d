import { useState } from 'preact/hooks';
import { dropRulesDraft, rulesDraft } from '../rules-draft.ts';
import { ask } from '../server.ts';
import { session, signedOutBecause } from '../state.ts';
import { changeTheme, isDark, theme } from '../theme.ts';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { passwordIn, useDoing } from './doing.tsx';
import { Icon } from './icon.tsx';
import { Problem } from './problem.tsx';

/** Whoever is signed in: dark or light, one's own password, the way out. */
export function OwnMenu() {
  const [isChanging, setChanging] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const leave = async () => {
    await ask('/api/session', { method: 'DELETE' });
    // Whoever signs in next may not be let into this page.
    history.replaceState(null, '', '/');
    const here = session.value;
    dropRulesDraft();
    if (here !== null) session.value = { ...here, state: 'signed-out', name: null, role: null };
  };
  const leaving = useDoing(leave);
  const dark = theme.value === 'dark' || isDark();
  return (
    <div class="own">
      <button type="button" class="bare who" title="Change your password" onClick={() => setChanging(true)}>
        <strong>{session.value?.name}</strong>
        <span>{session.value?.role}</span>
      </button>
      <button type="button" class="bare" aria-label={dark ? 'Light colours' : 'Dark colours'} onClick={changeTheme}>
        <Icon name={dark ? 'light' : 'dark'} />
      </button>
      <button
        type="button"
        class="bare"
        aria-label="Sign out"
        title="Sign out"
        onClick={() => (rulesDraft.value === null ? leaving.run() : setLeaving(true))}
      >
        <Icon name="leave" />
      </button>
      {isLeaving && (
        <Confirm
          {...{ title: 'Sign out without publishing?', verb: 'Sign out', danger: true, act: leave }}
          says="You have changed rules that nobody has yet. The draft is thrown away when you sign out."
          onClose={() => setLeaving(false)}
        />
      )}
      {isChanging && <OwnPassword onClose={() => setChanging(false)} />}
    </div>
  );
}

/** The form for one's own password; who has changed it signs in anew. */
export function OwnPassword({ onClose }: { readonly onClose: () => void }) {
  const changing = useDoing(async (form: HTMLFormElement) => {
    const body = { before: passwordIn(form, 'before'), password: passwordIn(form) };
    await ask('/api/password', { method: 'PUT', body });
    signedOutBecause.value = 'Your password is changed. Sign in with the new one.';
    const here = session.value;
    if (here !== null) session.value = { ...here, state: 'signed-out', name: null, role: null };
  });
  return (
    <Dialog title="Change your password" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void changing.run(event.currentTarget);
        }}
      >
        <Problem of={changing.error} />
        <label>
          Your password so far
          <input name="before" type="password" autocomplete="current-password" required />
        </label>
        <label>
          The new one
          <input name="password" type="password" autocomplete="new-password" minLength={10} required />
          <small>10 signs or more. You sign in again afterwards, everywhere.</small>
        </label>
        <footer>
          <button type="submit" aria-busy={changing.busy}>
            Change it
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
