import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { print, printJson, table } from './output.ts';

interface AccountFlags {
  readonly config: string;
  readonly role: string;
  readonly passwordFile?: string;
  readonly json?: true;
}

/** `limen hub account`: who may sign in to the console. */
export function defineAccount(hub: Command): void {
  const account = hub
    .command('account')
    .description('who may sign in to the console')
    .addHelpText('after', '\nExample:\n  limen hub account list --config hub.yaml');
  const withConfig = (name: string) => account.command(name).requiredOption('--config <file>', "the hub's YAML file");
  withConfig('add')
    .argument('<name>')
    .option('--role <role>', 'administrator, operator or auditor', 'operator')
    .requiredOption(
      '--password-file <file>',
      'a file with the password, which nobody else can read; - for standard input',
    )
    .description('let somebody sign in')
    .addHelpText(
      'after',
      '\nExample:\n  limen hub account add ada --role administrator --password-file - --config hub.yaml < password.txt',
    )
    .action(add);
  withConfig('list')
    .option('--json', 'print JSON')
    .description('who may sign in')
    .addHelpText('after', '\nExample:\n  limen hub account list --config hub.yaml')
    .action(list);
  withConfig('remove')
    .argument('<name>')
    .description('let somebody sign in no more; who is signed in is signed out')
    .addHelpText('after', '\nExample:\n  limen hub account remove ada --config hub.yaml')
    .action(remove);
  withConfig('disable')
    .argument('<name>')
    .description('let somebody sign in no more for now; who is signed in is signed out at once')
    .addHelpText('after', '\nExample:\n  limen hub account disable ada --config hub.yaml')
    .action(disable);
  withConfig('enable')
    .argument('<name>')
    .description('let somebody who was disabled sign in again')
    .addHelpText('after', '\nExample:\n  limen hub account enable ada --config hub.yaml')
    .action(enable);
  withConfig('password')
    .argument('<name>')
    .requiredOption('--password-file <file>', 'a file with the new password; - for standard input')
    .description('set a new password; who is signed in with the old one is signed out')
    .addHelpText(
      'after',
      '\nExample:\n  limen hub account password ada --password-file - --config hub.yaml < password.txt',
    )
    .action(password);
}

async function withAccounts<T>(
  flags: Pick<AccountFlags, 'config'>,
  work: (books: import('../hub-accounts.ts').AccountBooks) => Promise<T>,
): Promise<T> {
  const [{ loadHubConfig }, { withAccountBooks }] = await Promise.all([
    import('../config/load.ts'),
    import('../hub-accounts.ts'),
  ]);
  return withAccountBooks(loadHubConfig(flags.config), work);
}

async function add(name: string, flags: AccountFlags): Promise<void> {
  const { roles } = await import('../console/roles.ts');
  const role = roles.find((known) => known === flags.role);
  if (role === undefined) {
    throw new LimenError('usage.invalid', `--role ${flags.role} is no role.`, { hint: `Use ${roles.join(', ')}.` });
  }
  const password = await passwordFrom(flags);
  await withAccounts(flags, ({ accounts, write }) =>
    accounts.add({ name, role, password }).then(() => write('account.added', name, { role })),
  );
  print(`${name} can sign in as ${role}.`);
}

async function list(flags: AccountFlags): Promise<void> {
  const accounts = await withAccounts(flags, (books) => books.accounts.list());
  if (flags.json) return printJson(accounts);
  if (accounts.length === 0) return print('Nobody can sign in yet: the first account is made in the console.');
  const rows = accounts.map(({ name, role, createdAt, disabledAt }) => [
    ...[name, role, `since ${createdAt.slice(0, 10)}`],
    ...(disabledAt === null ? [] : [`disabled ${disabledAt.slice(0, 10)}`]),
  ]);
  for (const row of table(rows)) print(row);
}

async function remove(name: string, flags: AccountFlags): Promise<void> {
  await withAccounts(flags, ({ accounts, write }) => accounts.remove(name).then(() => write('account.removed', name)));
  print(`${name} cannot sign in any more.`);
}

async function disable(name: string, flags: AccountFlags): Promise<void> {
  await withAccounts(flags, ({ accounts, write }) =>
    accounts.disable(name).then(() => write('account.disabled', name)),
  );
  print(`${name} cannot sign in until they are enabled again.`);
}

async function enable(name: string, flags: AccountFlags): Promise<void> {
  await withAccounts(flags, ({ accounts, write }) => accounts.enable(name).then(() => write('account.enabled', name)));
  print(`${name} can sign in again.`);
}

async function password(name: string, flags: AccountFlags): Promise<void> {
  const given = await passwordFrom(flags);
  await withAccounts(flags, ({ accounts, write }) =>
    accounts.setPassword(name, given).then(() => write('account.password-set', name)),
  );
  print(`${name} has a new password.`);
}

async function passwordFrom({ passwordFile = '' }: AccountFlags): Promise<string> {
  const text =
    passwordFile === '-'
      ? await (await import('node:stream/consumers')).text(process.stdin)
      : (await import('../runtime/secrets.ts')).readSecretFile(passwordFile);
  return text.replace(/\r?\n$/, '');
}
