import type { TerminalConfig } from './config/schema.ts';
import { LimenError } from './domain/errors.ts';
import { installProvisioning } from './sync/provisioned-file.ts';
import { openTerminalKeyring, type TerminalKeyring } from './sync/terminal-keyring.ts';

/**
 * Who this terminal is to its hub, by the file it was provisioned with: that which `limen provision` put into place, or
 * a newer one that the configuration names. `null` for a terminal without a hub.
 *
 * @throws LimenError `provisioning.*`, `key.missing` for one that has a broker and was never provisioned,
 *   `config.invalid` when the configuration asks for what only a hub can give.
 */
export async function terminalIdentity(config: TerminalConfig): Promise<TerminalKeyring | null> {
  if (config.provisioning !== undefined) await installUnlessOlder(config.provisioning, config);
  const keyring = await openTerminalKeyring(config);
  if (keyring === null) assertNeedsNoHub(config);
  return keyring;
}

/** The configuration goes on naming a file that the hub's later changes of keys have left behind, and that is no fault. */
async function installUnlessOlder(file: string, config: TerminalConfig): Promise<void> {
  const present = await openTerminalKeyring(config);
  const { parseProvisioning } = await import('./sync/provisioning.ts');
  const { readSecretFile } = await import('./runtime/secrets.ts');
  const next = parseProvisioning(readSecretFile(file), file);
  if (present !== null && Date.parse(next.issuedAt) <= Date.parse(present.document.issuedAt)) return;
  await installProvisioning(file, config);
}

function assertNeedsNoHub({ broker, access, terminal }: TerminalConfig): void {
  if (broker !== undefined) {
    throw new LimenError('key.missing', `The terminal ${terminal} was not provisioned: it has no keys.`, {
      hint: `On the hub: limen hub provision ${terminal} --config hub.yaml; then here: limen provision ${terminal}.limen --config FILE`,
    });
  }
  const interlock = Object.entries(access?.interlocks ?? {}).find(([, { terminals }]) => terminals.includes(terminal));
  const asks = access?.needHubRules ? 'needHubRules' : interlock && `interlocks.${interlock[0]}`;
  if (asks === undefined) return;
  throw new LimenError('config.invalid', `access.${asks}: needs a hub, and this terminal was not provisioned.`, {
    hint: 'Put the file of `limen hub provision` into place with `limen provision`: otherwise nobody could ever pass.',
  });
}
