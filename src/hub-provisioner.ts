import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { LimenError } from './domain/errors.ts';
import type { HubKeyring } from './hub/hub-keyring.ts';
import { provisionTerminal } from './hub/provision.ts';
import type { TerminalBooks } from './hub/terminal-books.ts';
import { systemClock } from './runtime/clock.ts';
import { previousOf, writeDurable } from './runtime/durable-file.ts';
import type { ProvisionedBroker } from './sync/provisioning.ts';

/** Where a terminal is provisioned: a hub that runs, or its books alone. */
export interface Provisioner {
  readonly site: string;
  readonly keyring: HubKeyring;
  readonly hub: { readonly terminals: TerminalBooks };
}

/** Which terminal, how it reaches the broker, and the file that is to be carried to it. */
export interface ProvisioningOrder {
  readonly terminal: string;
  readonly broker: ProvisionedBroker;
  readonly out: string;
  /** Make new keys for one that was provisioned before; a file that is there is replaced. */
  readonly replace?: boolean;
}

/**
 * Provision a terminal into one file, readable by its owner only.
 *
 * @throws LimenError as `provisionTerminal`; `file.unwritable` when there is such a file already, or it cannot be
 *   written: the terminal is not in the books then.
 */
export async function provisionFile(provisioner: Provisioner, order: ProvisioningOrder): Promise<void> {
  const { site, keyring, hub } = provisioner;
  const { terminal, broker, out, replace = false } = order;
  if (existsSync(out) && !replace) {
    throw new LimenError('file.unwritable', `${out} exists, and holds keys that may be in use.`, {
      hint: 'Name another file with --out, or move that one away.',
    });
  }
  const request = { site, terminal, broker, keyring, replace, books: hub.terminals, clock: systemClock };
  await provisionTerminal(request, async (document) => {
    await writeDurable(out, `${JSON.stringify(document, null, 2)}\n`, { keepPrevious: false });
    await rm(previousOf(out), { force: true });
  });
}
