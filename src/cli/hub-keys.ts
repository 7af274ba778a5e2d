import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import type { KeyKind } from '../hub/hub-key-file.ts';
import type { KeyProgress } from '../hub/key-desk.ts';
import type { HubDaemon } from '../hub-daemon.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson, table } from './output.ts';

interface KeysFlags {
  readonly config: string;
  readonly siteKey?: true;
  readonly hubKey?: true;
  readonly without?: string[];
  readonly brokerFiles?: string;
  readonly json?: true;
}

/** `limen hub keys` and `limen hub revoke`: changing keys without a gap, and taking a lost terminal out. */
export function defineKeys(hub: Command): void {
  const keys = hub
    .command('keys')
    .description('change the keys of a site, without a gap')
    .addHelpText('after', '\nExample:\n  limen hub keys rotate --site-key --config hub.yaml');
  keys
    .command('rotate')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--site-key', 'the key that people, rules, commands and events are encrypted with')
    .option('--hub-key', 'the key that the hub signs with')
    .description('make a new key and send it to every terminal; the one before counts until all have it')
    .addHelpText('after', '\nExample:\n  limen hub keys rotate --site-key --hub-key --config hub.yaml')
    .action(rotate);
  keys
    .command('status')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--json', 'print JSON')
    .description('which terminals there are, and which hold which keys')
    .addHelpText('after', '\nExample:\n  limen hub keys status --config hub.yaml')
    .action(status);
  keys
    .command('finish')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--without <terminal...>', 'do not wait for these: they get the new key when they come back')
    .description(
      'go on with a change of keys that waits for terminals; a running hub does it by itself when all have it',
    )
    .addHelpText('after', '\nExample:\n  limen hub keys finish --without door-7 --config hub.yaml')
    .action(finish);
  hub
    .command('revoke')
    .argument('<terminal>', 'name of the terminal')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--broker-files <folder>', 'take its account out of the files "passwords" and "acl" there')
    .description('a terminal was lost or stolen: nobody believes it any more, and the site key is changed without it')
    .addHelpText('after', '\nExample:\n  limen hub revoke door-7 --config hub.yaml')
    .action(revoke);
}

/** Long enough for what the broker keeps of the terminals' statuses. */
const settleMs = 700;

async function opened<T>(flags: KeysFlags, work: (daemon: HubDaemon) => Promise<T>): Promise<T> {
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  return withHub(
    loadHubConfig(flags.config),
    async (daemon) => {
      if (daemon.link.state.online) await delay(settleMs);
      return work(daemon);
    },
    { changingEmbedder: true },
  );
}

async function rotate(flags: KeysFlags): Promise<void> {
  const kinds: KeyKind[] = [...(flags.siteKey ? ['site' as const] : []), ...(flags.hubKey ? ['hub' as const] : [])];
  if (kinds.length === 0) {
    throw new LimenError('usage.invalid', 'Which key is to be changed?', {
      hint: 'Say --site-key, --hub-key, or both.',
    });
  }
  show(await opened(flags, ({ hub }) => hub.keys.rotate(kinds)));
}

async function finish(flags: KeysFlags): Promise<void> {
  const progress = await opened(flags, ({ hub }) => hub.keys.advance({ without: flags.without ?? [] }));
  show(progress);
  if (!progress.finished) process.exitCode = exitCode.tryAgain;
}

async function status(flags: KeysFlags): Promise<void> {
  const found = await opened(flags, async ({ hub, keyring }) => ({
    progress: await hub.keys.progress(),
    terminals: await hub.terminals.all(),
    valid: keyring.valid,
    sequence: keyring.document.sequence,
  }));
  const { progress, valid } = found;
  const terminals = found.terminals.map(({ id, provisionedAt, revokedAt, held, next }) => ({
    id,
    provisionedAt,
    revokedAt,
    held,
    isChangingItsOwn: next !== null,
  }));
  if (flags.json) return printJson({ ...progress, valid, terminals });
  const lacks = new Set(progress.waitingFor);
  const rows = terminals.map(({ id, revokedAt, held, isChangingItsOwn }) => [
    id,
    revokedAt !== null ? `revoked ${revokedAt}` : lacks.has(id) ? 'does not hold the new key yet' : 'holds the keys',
    revokedAt !== null || held.sequence >= found.sequence
      ? ''
      : `has confirmed step ${held.sequence} of ${found.sequence}`,
    revokedAt === null && isChangingItsOwn ? 'is changing keys of its own' : '',
  ]);
  for (const row of table(rows)) print(row);
  show(progress);
}

async function revoke(terminal: string, flags: KeysFlags): Promise<void> {
  const { loadHubConfig } = await import('../config/load.ts');
  const [{ certificateFiles, certificateFolderIn, revokeCertificates }, { removeAccount }] = await Promise.all([
    import('../hub/certificate-folder.ts'),
    import('../hub/broker-files.ts'),
  ]);
  const progress = await opened(flags, ({ hub }) => hub.keys.revoke(terminal));
  print(`Revoked ${terminal}: the hub and the other terminals do not believe it any more.`);
  const folder = certificateFolderIn(loadHubConfig(flags.config).dataFolder);
  if (await revokeCertificates(folder, { terminal, now: new Date() })) {
    print(
      `Its certificate is on the list ${certificateFiles(folder).revoked}: bring that to the broker, and restart it.`,
    );
  }
  const touched = flags.brokerFiles === undefined ? [] : await removeAccount(flags.brokerFiles, terminal);
  for (const file of touched) print(`Took ${terminal} out of ${file}; let the broker read it again (SIGHUP).`);
  if (touched.length === 0)
    print(`If it has an account with a password at the broker, take that away: mosquitto_passwd -D FILE ${terminal}`);
  if (progress.finished) print('The site key is changed, and every other terminal has the new one.');
  else show(progress);
}

function show(progress: KeyProgress): void {
  for (const line of progressLines(progress)) print(line);
}

function progressLines({ finished, underWay, waitingFor }: KeyProgress): string[] {
  if (finished) return ['No change of keys is under way.'];
  if (underWay.length === 0) return ['The new key is in use; the gallery is yet to be published with it.'];
  const names: Record<KeyKind, string> = { site: 'site key', hub: 'key of the hub' };
  const what = underWay.map((kind) => names[kind]).join(' and a new ');
  const lines = [`A new ${what} is on its way to the terminals.`];
  if (waitingFor.length === 0) return lines;
  return [...lines, `Not yet at: ${waitingFor.join(', ')}. The running hub goes on when they have it.`];
}
