import type { Accounts } from '../../../src/console/accounts.ts';
import type { Sessions } from '../../../src/console/sessions.ts';

/** Sign somebody in as the route does. Returns what their browser holds. */
export async function sessionOf(
  { accounts, sessions }: { readonly accounts: Pick<Accounts, 'proven'>; readonly sessions: Pick<Sessions, 'begin'> },
  name: string,
  password: string,
): Promise<string> {
  const proven = await accounts.proven(name, password);
  const token = proven && (await sessions.begin(proven));
  if (token === null) throw new Error(`${name} cannot sign in`);
  return token;
}
