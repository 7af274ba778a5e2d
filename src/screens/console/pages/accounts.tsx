import { useState } from 'preact/hooks';
import type { AccountListed } from '../../../console/answers/accounts.ts';
import { AddAccount, NewPassword, NewRole } from '../parts/account-forms.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Badge, Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { instant } from '../parts/time.tsx';
import { placeWords } from '../place-words.ts';
import { ask } from '../server.ts';
import { mayAs, session } from '../state.ts';

type Asked =
  | { readonly what: 'add' }
  | { readonly what: 'password' | 'remove' | 'role' | 'disable' | 'enable'; readonly account: AccountListed };

/** Who may sign in. */
export function Accounts() {
  const { value, error, again } = useLoaded<{ accounts: AccountListed[] }>('/api/accounts');
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const done = () => {
    setAsked(null);
    again();
  };
  const change = async ({ name }: AccountListed, method: 'PUT' | 'DELETE') => {
    await ask(`/api/accounts/${encodeURIComponent(name)}/disabled`, { method });
    again();
  };
  return (
    <Page
      title="Accounts"
      says={placeWords().accounts}
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
      {asked?.what === 'add' && <AddAccount onClose={close} onDone={done} />}
      {asked?.what === 'password' && <NewPassword account={asked.account} onClose={close} onDone={done} />}
      {asked?.what === 'role' && <NewRole account={asked.account} onClose={close} onDone={done} />}
      {asked?.what === 'disable' && (
        <Confirm
          {...{ title: `Disable ${asked.account.name}?`, verb: 'Disable', danger: true, onClose: close }}
          says="They are signed out at once and cannot sign in until they are enabled again. Their password stays."
          act={() => change(asked.account, 'PUT')}
        />
      )}
      {asked?.what === 'enable' && (
        <Confirm
          {...{ title: `Enable ${asked.account.name}?`, verb: 'Enable', onClose: close }}
          says="They can sign in again, with the password and the role that they had."
          act={() => change(asked.account, 'DELETE')}
        />
      )}
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
                {account.name === session.value?.name && <Badge tone="plain">you</Badge>}{' '}
                {account.disabledAt && (
                  <span title={`since ${instant(account.disabledAt)}`}>
                    <Badge tone="warn">disabled</Badge>
                  </span>
                )}
              </td>
              <td>
                {account.role} <span class="quiet">{placeWords().roles[account.role]}</span>
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
                  <button
                    type="button"
                    class="small secondary outline"
                    onClick={() => onAsk({ what: account.disabledAt ? 'enable' : 'disable', account })}
                  >
                    {account.disabledAt ? 'Enable' : 'Disable'}
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
