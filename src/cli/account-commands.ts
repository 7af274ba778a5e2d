import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { print, printJson, table } from './output.ts';

interface AccountFlags {
  readonly config: string;
  readonly role: string;
  readonly passwordFile?: string;
  readonly json?: true;
}

type AccountBooks = import('../hub-accounts.ts').AccountBooks;

/** Whose console it is, and how its accounts are worked with. */
export interface AccountPlace {
  /** The command that `account` belongs to: `limen hub`. */
  readonly command: string;
  /** Its configuration: what it is, and what it is called in examples. */
  readonly config: { readonly says: string; readonly example: string };
  readonly withBooks: <T>(configFile: string, work: (books: AccountBooks) => Promise<T>) => Promise<T>;
}

/** `account` and what is below it: who may sign in to a console, without a browser. */
export function defineAccountCommands(parent: Command, place: AccountPlace): void {
  const example = (words: string, input = '') =>
    `\nExample:\n  ${place.command} account ${words} --config ${place.config.example}${input}`;
  const account = parent
    .command('account')
    .description('who may sign in to the console')
    .addHelpText('after', example('list'));
  const withConfig = (name: string) => account.command(name).requiredOption('--config <file>', place.config.says);
  withConfig('add')
    .argument('<name>')
    .option('--role <role>', 'administrator, operator or auditor', 'operator')
    .requiredOption(
      '--password-file <file>',
      'a file with the password, which nobody else can read; - for standard input',
    )
    .description('let somebody sign in')
    .addHelpText('after', example('add ada --role administrator --password-file -', ' < password.txt'))
    .action((name, flags) => add(place, name, flags));
  withConfig('list')
    .option('--json', 'print JSON')
    .description('who may sign in')
    .addHelpText('after', example('list'))
    .action((flags) => list(place, flags));
  withConfig('password')
    .argument('<name>')
    .requiredOption('--password-file <file>', 'a file with the new password; - for standard input')
    .description('set a new password; who is signed in with the old one is signed out')
    .addHelpText('after', example('password ada --password-file -', ' < password.txt'))
    .action((name, flags) => password(place, name, flags));
  withConfig('role')
    .argument('<name>')
    .argument('<role>', 'administrator, operator or auditor')
    .description('change what somebody may do; who is signed in is signed out')
    .addHelpText('after', example('role ada auditor'))
    .action((name, role, flags) => setRole(place, { name, role }, flags));
  withConfig('remove')
    .argument('<name>')
    .description('let somebody sign in no more; who is signed in is signed out')
    .addHelpText('after', example('remove ada'))
    .action((name, flags) => remove(place, name, flags));
  withConfig('disable')
    .argument('<name>')
    .description('let somebody sign in no more for now; who is signed in is signed out at once')
    .addHelpText('after', example('disable ada'))
    .action((name, flags) => disable(place, name, flags));
  withConfig('enable')
    .argument('<name>')
    .description('let somebody who was disabled sign in again')
    .addHelpText('after', example('enable ada'))
    .action((name, flags) => enable(place, name, flags));
}

async function add({ withBooks }: AccountPlace, name: string, flags: AccountFlags): Promise<void> {
  const role = await roleFrom(flags.role, '--role ');
  const password = await passwordFrom(flags);
  await withBooks(flags.config, ({ change }) =>
    change({ action: 'account.added', target: name, detail: { role } }, (accounts) =>
      accounts.add({ name, role, password }),
    ),
  );
  print(`${name} can sign in as ${role}.`);
}

async function list({ withBooks }: AccountPlace, flags: AccountFlags): Promise<void> {
  const accounts = await withBooks(flags.config, (books) => books.accounts.list());
  if (flags.json) return printJson(accounts);
  if (accounts.length === 0) return print('Nobody can sign in yet: the first account is made in the console.');
  const rows = accounts.map(({ name, role, createdAt, disabledAt }) => [
    ...[name, role, `since ${createdAt.slice(0, 10)}`],
    ...(disabledAt === null ? [] : [`disabled ${disabledAt.slice(0, 10)}`]),
  ]);
  for (const row of table(rows)) print(row);
}

async function password({ withBooks }: AccountPlace, name: string, flags: AccountFlags): Promise<void> {
  const given = await passwordFrom(flags);
  await withBooks(flags.config, ({ change }) =>
    change({ action: 'account.password-set', target: name }, (accounts) => accounts.setPassword(name, given)),
  );
  print(`${name} has a new password.`);
}

async function setRole(
  { withBooks }: AccountPlace,
  { name, role: text }: { readonly name: string; readonly role: string },
  flags: AccountFlags,
): Promise<void> {
  const role = await roleFrom(text);
  await withBooks(flags.config, ({ change }) =>
    change({ action: 'account.role-set', target: name, detail: { role } }, (accounts) => accounts.setRole(name, role)),
  );
  print(`${name} is ${role} from now on.`);
}

async function remove({ withBooks }: AccountPlace, name: string, flags: AccountFlags): Promise<void> {
  await withBooks(flags.config, ({ change }) =>
    change({ action: 'account.removed', target: name }, (accounts) => accounts.remove(name)),
  );
  print(`${name} cannot sign in any more.`);
}

async function disable({ withBooks }: AccountPlace, name: string, flags: AccountFlags): Promise<void> {
  await withBooks(flags.config, ({ change }) =>
    change({ action: 'account.disabled', target: name }, (accounts) => accounts.disable(name)),
  );
  print(`${name} cannot sign in until they are enabled again.`);
}

async function enable({ withBooks }: AccountPlace, name: string, flags: AccountFlags): Promise<void> {
  await withBooks(flags.config, ({ change }) =>
    change({ action: 'account.enabled', target: name }, (accounts) => accounts.enable(name)),
  );
  print(`${name} can sign in again.`);
}

async function roleFrom(text: string, before = '') {
  const { roles } = await import('../console/roles.ts');
  const role = roles.find((known) => known === text);
  if (role !== undefined) return role;
  throw new LimenError('usage.invalid', `${before}${text} is no role.`, { hint: `Use ${roles.join(', ')}.` });
}

async function passwordFrom({ passwordFile = '' }: AccountFlags): Promise<string> {
  const text =
    passwordFile === '-'
      ? await (await import('node:stream/consumers')).text(process.stdin)
      : (await import('../runtime/secrets.ts')).readSecretFile(passwordFile);
  return text.replace(/\r?\n$/, '');
}
