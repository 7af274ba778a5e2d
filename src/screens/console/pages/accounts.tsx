import { useState } from 'preact/hooks';
import type { AccountListed } from '../../../console/answers/accounts.ts';
import type { Role } from '../../../console/roles.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useDoing, valuesOf } from '../parts/doing.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Badge, Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { mayAs, session } from '../state.ts';

const meanings: Record<Role, string> = {
  administrator: 'Everything: rules, settings, terminals, accounts.',
  operator: 'The day to day: people, doors, corrections.',
  auditor: 'Looks at everything, changes nothing.',
};

type Asked =
  | { readonly what: 'add' }
  | { readonly what: 'password' | 'remove' | 'role'; readonly account: AccountListed };

/** Who may sign in. */
export function Accounts() {
  const { value, error, again } = useLoaded<{ accounts: AccountListed[] }>('/api/accounts');
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const done = () => {
    setAsked(null);
    again();
  };
  return (
    <Page
      title="Accounts"
      says="Who may sign in to this console."
      actions={
        mayAs('administrator') && (
          <button type="button" onClick={() => setAsked({ what: 'add' })}>
            <Icon name="plus" /> Add an account
          </button>
        )
      }
    >
      <Problem of={error} />
      {value === null ? !error && <Waiting /> : <List of={value.accounts} onAsk={setAsked} />}
      {asked?.what === 'add' && <Add onClose={close} onDone={done} />}
      {asked?.what === 'password' && <NewPassword account={asked.account} onClose={close} onDone={done} />}
      {asked?.what === 'role' && <NewRole account={asked.account} onClose={close} onDone={done} />}
      {asked?.what === 'remove' && (
        <Confirm
          {...{ title: `Remove ${asked.account.name}?`, verb: 'Remove', danger: true, onClose: close }}
          says="They are signed out at once and cannot sign in any more. What they did stays in the book of changes."
          act={async () => {
            await ask(`/api/accounts/${encodeURIComponent(asked.account.name)}`, { method: 'DELETE' });
            again();
          }}
        />
      )}
    </Page>
  );
}

function List({ of, onAsk }: { readonly of: readonly AccountListed[]; readonly onAsk: (asked: Asked) => void }) {
  return (
    <Card class="flush">
      <table class="rows">
        <thead>
          <tr>
            <th>Name</th>
            <th>Role</th>
            <th>Since</th>
            {mayAs('administrator') && (
              <th>
                <span class="hidden">What can be done</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {of.map((account) => (
            <tr key={account.name}>
              <td>
                <strong>{account.name}</strong>{' '}
                {account.name === session.value?.name && <Badge tone="plain">you</Badge>}
              </td>
              <td>
                {account.role} <span class="quiet">{meanings[account.role]}</span>
              </td>
              <td>{instant(account.createdAt)}</td>
              {mayAs('administrator') && (
                <td class="row-actions">
                  <button
                    type="button"
                    class="small secondary outline"
                    onClick={() => onAsk({ what: 'role', account })}
                  >
                    Role
                  </button>
                  <button
                    type="button"
                    class="small secondary outline"
                    onClick={() => onAsk({ what: 'password', account })}
                  >
                    Password
                  </button>
                  <button type="button" class="small danger outline" onClick={() => onAsk({ what: 'remove', account })}>
                    Remove
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function RoleChoice({ chosen }: { readonly chosen: Role }) {
  return (
    <fieldset class="choices">
      <legend>Role</legend>
      {Object.entries(meanings).map(([role, means]) => (
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

function Add({ onClose, onDone }: FormProps) {
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

function NewPassword({ account, onClose, onDone }: FormProps & { readonly account: AccountListed }) {
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

function NewRole({ account, onClose, onDone }: FormProps & { readonly account: AccountListed }) {
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

/** As it was typed: blanks belong to it. */
function passwordIn(form: HTMLFormElement): string {
  return String(new FormData(form).get('password'));
}

function submitting(run: (form: HTMLFormElement) => Promise<void>) {
  return (event: SubmitEvent) => {
    event.preventDefault();
    void run(event.currentTarget as HTMLFormElement);
  };
}
