import type { AccountListed } from '../../../console/answers/accounts.ts';
import type { Role } from '../../../console/roles.ts';
import { placeWords } from '../place-words.ts';
import { ask } from '../server.ts';
import { Dialog } from './dialog.tsx';
import { passwordIn, useDoing, valuesOf } from './doing.tsx';
import { Problem } from './problem.tsx';

function RoleChoice({ chosen }: { readonly chosen: Role }) {
  return (
    <fieldset class="choices">
      <legend>Role</legend>
      {Object.entries(placeWords().roles).map(([role, means]) => (
        <label key={role}>
          <input type="radio" name="role" value={role} defaultChecked={role === chosen} />
          <span>
            <strong>{role}</strong> {means}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface FormProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Somebody new who may sign in. */
export function AddAccount({ onClose, onDone }: FormProps) {
  const adding = useDoing(async (form: HTMLFormElement) => {
    const { name, role } = valuesOf(form);
    await ask('/api/accounts', { method: 'POST', body: { name, role, password: passwordIn(form) } });
    onDone();
  });
  return (
    <Dialog title="Add an account" onClose={onClose}>
      <form onSubmit={submitting(adding.run)}>
        <Problem of={adding.error} />
        <label>
          Name
          <input name="name" required autofocus maxLength={64} autocomplete="off" />
        </label>
        <PasswordField />
        <RoleChoice chosen="operator" />
        <footer>
          <button type="submit" aria-busy={adding.busy}>
            Add
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** A new password for somebody else. */
export function NewPassword({ account, onClose, onDone }: FormProps & { readonly account: AccountListed }) {
  const setting = useDoing(async (form: HTMLFormElement) => {
    const path = `/api/accounts/${encodeURIComponent(account.name)}/password`;
    await ask(path, { method: 'PUT', body: { password: passwordIn(form) } });
    onDone();
  });
  return (
    <Dialog title={`A new password for ${account.name}`} onClose={onClose}>
      <form onSubmit={submitting(setting.run)}>
        <Problem of={setting.error} />
        <p>Whoever is signed in with the old one is signed out.</p>
        <PasswordField />
        <footer>
          <button type="submit" aria-busy={setting.busy}>
            Set it
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Another role. */
export function NewRole({ account, onClose, onDone }: FormProps & { readonly account: AccountListed }) {
  const setting = useDoing(async (form: HTMLFormElement) => {
    const path = `/api/accounts/${encodeURIComponent(account.name)}/role`;
    await ask(path, { method: 'PUT', body: { role: valuesOf(form).role } });
    onDone();
  });
  return (
    <Dialog title={`What may ${account.name} do?`} onClose={onClose}>
      <form onSubmit={submitting(setting.run)}>
        <Problem of={setting.error} />
        <RoleChoice chosen={account.role} />
        <footer>
          <button type="submit" aria-busy={setting.busy}>
            Change
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function PasswordField() {
  return (
    <label>
      Password
      <input name="password" type="password" autocomplete="new-password" required minLength={10} maxLength={200} />
      <small>10 signs or more; a few unrelated words are best.</small>
    </label>
  );
}

function submitting(run: (form: HTMLFormElement) => Promise<void>) {
  return (event: SubmitEvent) => {
    event.preventDefault();
    void run(event.currentTarget as HTMLFormElement);
  };
}
