import { readFileSync } from 'node:fs';
import type { HubKeys } from '../../src/sync/keys.ts';
import { readHubKeys } from '../../src/sync/keys.ts';
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

export function keysOf({ folder }: Task): Promise<HubKeys> {
  return readHubKeys(keyFiles(folder));
}

export function keyFiles(folder: string) {
  return {
    hubPrivateKeyFile: `${folder}/hub.jwk`,
    hubPublicKeyFile: `${folder}/hub.pub.jwk`,
    siteKeyFile: `${folder}/site.jwk`,
  };
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
