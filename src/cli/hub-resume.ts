import type { Command } from 'commander';
import type { RestoredBooks } from '../hub/restored-books.ts';
import type { HubDaemon } from '../hub-daemon.ts';
import { print } from './output.ts';
import { whenPublished } from './published.ts';

interface ResumeFlags {
  readonly config: string;
  readonly erasedAgain?: true;
}

/** `limen hub resume`: after a restore, go on above what terminals have. */
export function defineResume(hub: Command): void {
  hub
    .command('resume')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option(
      '--erased-again',
      'everybody who was erased since the backup is erased again: for a broker that cannot tell who that is',
    )
    .description('after a restore from a backup: go on above what terminals have, and publish')
    .addHelpText(
      'after',
      `
Terminals never go back. Books that were restored are behind them, and until this command nothing of the hub is taken.
Erase again whoever was erased since the backup, first; revoke, suspend and set rules again as well. docs/backup.md

Example:
  limen hub resume --config hub.yaml`,
    )
    .action(resume);
}

async function resume(flags: ResumeFlags): Promise<void> {
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  const work = (daemon: HubDaemon) => resumeSite(daemon, { said: flags.erasedAgain === true });
  await withHub(loadHubConfig(flags.config), work, { changingEmbedder: true });
}

async function resumeSite(daemon: HubDaemon, erasedAgain: { readonly said: boolean }): Promise<void> {
  const [{ surveySite }, { assertErasedAgain, compareRestored }, { topicsOf }] = await Promise.all([
    import('../hub/site-survey.ts'),
    import('../hub/restored-books.ts'),
    import('../sync/topics.ts'),
  ]);
  const { hub, link, site, store } = daemon;
  const books = await compareRestored(store, await surveySite(await surveyOf(daemon)));
  tell(books);
  assertErasedAgain(books, erasedAgain);
  const { gallery, rules, roster, records, published } = await hub.resumeHistory(books.reached);
  print(`These books go on with gallery version ${gallery}: ${records} records have a new number.`);
  if (rules > 0) print(`The rules go on with version ${rules}.`);
  print(`The list of terminals goes on with version ${roster}.`);
  print(whenPublished(published));
  const enrolled = books.since?.enrolled ?? [];
  if (enrolled.length > 0)
    print(`Enrolled since the backup, and gone with it; enrol them again: ${enrolled.join(', ')}`);
  // Nobody takes them any more, and they are people.
  for (const id of enrolled) await link.publish(topicsOf(site).person(id), '', { retain: true });
}

async function surveyOf({ keyring, link, site, store }: HubDaemon) {
  const [{ LimenError }, { systemClock }, { opener }, { terminalOpener }, { terminalBooks }] = await Promise.all([
    import('../domain/errors.ts'),
    import('../runtime/clock.ts'),
    import('../sync/envelope.ts'),
    import('../sync/terminal-envelope.ts'),
    import('../hub/terminal-books.ts'),
  ]);
  if (!link.state.online) {
    throw new LimenError('broker.unreachable', `The broker ${link.url} cannot be reached: ${link.state.reason}.`, {
      hint: 'It knows how far the terminals are. With the embedded broker, start the hub first: limen hub run.',
    });
  }
  const terminals = terminalOpener(keyring, terminalBooks(store.db));
  return { site, link, clock: systemClock, opener: opener(site, keyring), terminals };
}

function tell({ version, reached, ahead, unbelievable }: RestoredBooks): void {
  print(`These books have gallery version ${version}; the site is at ${reached.gallery}.`);
  for (const one of ahead) print(`${one.terminal} has version ${one.version}.`);
  for (const one of unbelievable) {
    print(`${one.terminal} says version ${one.version}, which nobody reaches: it is not believed. Is it still yours?`);
  }
}
