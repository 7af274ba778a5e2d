import { toString as qrCode } from 'qrcode';
import { certificateFolderIn, revokeCertificates } from '../hub/certificate-folder.ts';
import type { KeyProgress } from '../hub/key-desk.ts';
import { provisionTerminal } from '../hub/provision.ts';
import { brokerFor } from '../hub-broker-access.ts';
import { thereafter } from './begun-deeds.ts';
import type { Desk } from './desk.ts';

/** Which terminal, and how it reaches the broker where that is not as the hub does. */
export interface ProvisioningWish {
  readonly terminal: string;
  readonly broker?: string | undefined;
  /** A client certificate by the site's own authority. */
  readonly certificate?: boolean | undefined;
  /** New keys for one that was provisioned or revoked before. */
  readonly replace?: boolean | undefined;
}

/** The file, to be carried to the terminal; it holds secrets, and nothing here keeps it. */
export interface ProvisioningFile {
  readonly name: string;
  readonly content: string;
  /** The content as a QR code, an SVG as a data URL; `null` where it is too long for one. */
  readonly qr: string | null;
}

/** What the largest QR code holds, version 40 at level L (ISO/IEC 18004). */
const mostQrBytes = 2953;

/** Provision a terminal. @throws LimenError as `provisionTerminal` and `brokerFor`. */
export async function provisioningFile(desk: Desk, wish: ProvisioningWish): Promise<ProvisioningFile> {
  const { site, keyring, hub, clock, config } = desk;
  const { terminal, broker: url, certificate, replace = false } = wish;
  const broker = await brokerFor(config, {
    terminal,
    ...(url !== undefined && { broker: url }),
    ...(certificate && { makeCertificate: true as const }),
  });
  let content = '';
  await provisionTerminal(
    { site, terminal, broker, keyring, replace, books: hub.terminals, clock },
    async (document) => {
      content = JSON.stringify(document);
    },
  );
  // A broker that is away hears of it with the next connection.
  await hub.keys.publish().catch(() => {});
  await desk.fleet.refresh();
  const isShort = Buffer.byteLength(content) <= mostQrBytes;
  const svg = isShort ? await qrCode(content, { type: 'svg', errorCorrectionLevel: 'L', margin: 4 }) : null;
  const qr = svg && `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return { name: `${terminal}.limen`, content: `${content}\n`, qr };
}

/**
 * Take a terminal out: nobody believes it any more.
 *
 * @throws LimenError `terminal.unknown`; `certificate.invalid`, `file.unwritable` where it is out, and its certificates are
 *   not on the list of those that brokers refuse.
 */
export async function revokeTerminal(desk: Desk, terminal: string): Promise<KeyProgress> {
  const progress = await desk.hub.keys.revoke(terminal);
  await thereafter(async () => {
    await desk.fleet.refresh();
    await revokeCertificates(certificateFolderIn(desk.config.dataFolder), { terminal, now: desk.clock.now() });
  });
  return progress;
}
