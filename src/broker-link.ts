import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { BrokerConfig } from './config/schema.ts';
import { LimenError, messageOf } from './domain/errors.ts';
import { readSecretFile } from './runtime/secrets.ts';
import type { MqttLinkOptions } from './sync/mqtt-link.ts';

/** How a link is opened to the broker that a config names; secrets and certificates are read from their files. */
export function linkOptions(broker: BrokerConfig): Omit<MqttLinkOptions, 'clientId'> {
  const { url, protocol, username } = broker;
  const ca = broker.caFile === undefined ? undefined : readCertificate(broker.caFile);
  const cert = broker.certFile === undefined ? undefined : readCertificate(broker.certFile);
  const key = broker.keyFile === undefined ? undefined : readSecretFile(broker.keyFile);
  const password = broker.passwordFile === undefined ? undefined : readSecretFile(broker.passwordFile).trim();
  assertUsable('broker.url', url, () => new URL(url));
  assertUsable('broker.caFile, certFile or keyFile', 'the certificates', () => createSecureContext({ ca, cert, key }));
  return { url, protocol, username, password, ca, cert, key };
}

/** The MQTT library would say it in its own words, in the middle of a connection attempt. */
function assertUsable(keys: string, what: string, use: () => unknown): void {
  try {
    use();
  } catch (cause) {
    throw new LimenError('config.invalid', `${keys}: ${what} cannot be used: ${messageOf(cause)}.`, {
      hint: 'An address looks like mqtts://broker.example:8883; certificates and keys are PEM files.',
      cause,
    });
  }
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LimenError('file.unreadable', `The certificate ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check broker.caFile and broker.certFile in the config.',
      cause,
    });
  }
}
