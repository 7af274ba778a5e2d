import { readFileSync, writeFileSync } from 'node:fs';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { type HubKeyring, openHubKeyring } from '../../src/hub/hub-keyring.ts';
import {
  importAgreement,
  importSigning,
  makeAgreementJwk,
  makeSigningJwk,
  type OwnKeys,
  privateAgreementJwk,
  privateSigningJwk,
  publicHalf,
} from '../../src/sync/keys.ts';
import type { Delivery, Link } from '../../src/sync/link.ts';

/** What every process of the bench is told. */
export interface Task {
  readonly url: string;
  readonly folder: string;
  readonly people: number;
}

/** What a process has used so far: CPU seconds of all its threads, and the most memory it ever had, MB. */
export interface Used {
  readonly cpuS: number;
  readonly peakMb: number;
}

export const site = 'bench';

export function task(): Task {
  return JSON.parse(process.argv[2] as string) as Task;
}

/** Keys of a hub, and of its one terminal. */
export async function makeBenchKeys(folder: string): Promise<void> {
  await createHubKeys(`${folder}/hub-keys.json`);
  const own = { signing: makeSigningJwk(), agreement: makeAgreementJwk() };
  writeFileSync(`${folder}/terminal-keys.json`, JSON.stringify(own), { mode: 0o600 });
}

export function keysOf({ folder }: Task): Promise<HubKeyring> {
  return openHubKeyring(`${folder}/hub-keys.json`);
}

export async function terminalKeysOf({ folder }: Task): Promise<OwnKeys> {
  const { signing, agreement } = terminalJwks(folder);
  return { signing: await importSigning(signing), agreement: await importAgreement(agreement) };
}

/** What the hub knows the terminal by. */
export function terminalKeyOf({ folder }: Task) {
  return importSigning(publicHalf(terminalJwks(folder).signing));
}

function terminalJwks(folder: string) {
  const { signing, agreement } = JSON.parse(readFileSync(`${folder}/terminal-keys.json`, 'utf8'));
  return { signing: privateSigningJwk.parse(signing), agreement: privateAgreementJwk.parse(agreement) };
}

export function used(): Used {
  const { user, system } = process.cpuUsage();
  const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  return { cpuS: (user + system) / 1e6, peakMb: peakKb / 1024 };
}

export function say(message: object): void {
  process.send?.({ ...message, atMs: performance.timeOrigin + performance.now() });
}

/** The same link, with a count of the payload and topic bytes that come in. */
export function counting(link: Link): Link & { bytes: number } {
  const counted = {
    ...link,
    bytes: 0,
    get state() {
      return link.state;
    },
    subscribe: (filter: string, onDelivery: (delivery: Delivery) => void) =>
      link.subscribe(filter, (delivery) => {
        counted.bytes += delivery.payload.byteLength + delivery.topic.length;
        onDelivery(delivery);
      }),
  };
  return counted;
}
