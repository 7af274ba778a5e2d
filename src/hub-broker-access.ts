import { linkOptions } from './broker-link.ts';
import type { HubConfig } from './config/schema.ts';
import { LimenError } from './domain/errors.ts';
import { certificateFiles, certificateFolderIn, certifyTerminal } from './hub/certificate-folder.ts';
import { isThere } from './runtime/is-there.ts';
import { type ProvisionedBroker, provisionedBroker } from './sync/provisioning.ts';

/** How a terminal is to reach the broker, as an administrator says it; files are named. */
export interface BrokerAccessRequest {
  readonly terminal: string;
  readonly broker?: string;
  readonly ca?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly makeCertificate?: true;
  readonly days?: number | undefined;
}

/**
 * The broker's part of a provisioning file. What is not said is as it is for the hub: its address, its authority.
 *
 * @throws LimenError `usage.invalid` for what does not go together, `file.unreadable`, `config.secret-exposed`,
 *   `certificate.invalid`.
 */
export async function brokerFor(config: HubConfig, request: BrokerAccessRequest): Promise<ProvisionedBroker> {
  assertTogether(request);
  const { broker: url = config.broker.url, username, passwordFile, cert: certFile, key: keyFile } = request;
  const folder = certificateFolderIn(config.dataFolder);
  const caFile = request.ca ?? config.broker.caFile ?? ownAuthority(folder);
  const isEncrypted = /^(mqtts|wss):/.test(url);
  if (!isEncrypted && (certFile !== undefined || request.makeCertificate)) {
    throw new LimenError('usage.invalid', `A client certificate is of no use at ${url}.`, {
      hint: 'Name the encrypted address with --broker mqtts://…',
    });
  }
  const { protocol } = config.broker;
  const given = { url, protocol, username, passwordFile, certFile, keyFile, caFile: isEncrypted ? caFile : undefined };
  const { password, ca, cert, key } = linkOptions(given);
  const made = request.makeCertificate
    ? await certifyTerminal(folder, {
        terminal: request.terminal,
        now: new Date(),
        ...(request.days && { days: request.days }),
      })
    : null;
  return provisionedBroker.parse({
    ...{ url, protocol },
    ...defined({ username, password, ca: ca ?? made?.ca, cert: cert ?? made?.cert, key: key ?? made?.key }),
  });
}

function ownAuthority(folder: string): string | undefined {
  const { ca } = certificateFiles(folder);
  return isThere(ca) ? ca : undefined;
}

function assertTogether({ username, passwordFile, cert, key, makeCertificate }: BrokerAccessRequest): void {
  const wrong =
    (username === undefined) !== (passwordFile === undefined)
      ? '--username and --password-file go together'
      : (cert === undefined) !== (key === undefined)
        ? '--cert and --key go together'
        : makeCertificate && cert !== undefined
          ? '--make-certificate and --cert are two ways to one thing'
          : null;
  if (wrong !== null) {
    throw new LimenError('usage.invalid', `${wrong}.`, { hint: 'See `limen hub provision --help`.' });
  }
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
