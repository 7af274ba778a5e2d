import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openGalleryStore } from '../compose.ts';
import type { TerminalConfig } from '../config/schema.ts';
import { openDataFolder } from '../runtime/data-folder.ts';
import { readTerminalKeys } from '../sync/keys.ts';
import { checked, type Finding, ok, warn } from './finding.ts';

const brokerPatienceMs = 3000;

/** Look at what one terminal needs: its keys, its data folder, its gallery, its broker. */
export async function examineTerminal(config: TerminalConfig): Promise<Finding[]> {
  return [
    ...(await checked('keys', async () => {
      await readTerminalKeys(config.keys);
      return ok('keys', 'the site key and the key of the hub can be read');
    })),
    ...(await checked('data', () => data(config), 'warn')),
    ...(await checked('gallery', () => gallery(config))),
    ...(config.broker === undefined
      ? [warn('broker', 'none is configured: the gallery never changes')]
      : [await broker(config.broker.url)]),
  ];
}

function data(config: TerminalConfig): Finding {
  openDataFolder(config.dataFolder).close();
  return ok('data', `${config.dataFolder} can be used, and no other daemon uses it`);
}

async function gallery(config: TerminalConfig): Promise<Finding> {
  const stored = await (await openGalleryStore(config.dataFolder)).read();
  if (stored === null) return warn('gallery', 'none yet', 'It comes from the hub: run the hub, then the terminal.');
  const { version, people } = stored.snapshot;
  const says = `version ${version}, ${people.length} people`;
  return stored.recoveredFrom === null
    ? ok('gallery', says)
    : warn('gallery', `${says}, from the generation before: ${stored.recoveredFrom.reason}`);
}

/** A TCP (or TLS) connection is enough to tell "wrong address" from "wrong password". */
function broker(url: string): Promise<Finding> {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'mqtts:' || protocol === 'wss:';
  const target = {
    host: hostname,
    port: Number(port) || { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 }[protocol] || 1883,
  };
  return new Promise((resolve) => {
    // The certificate is checked when limen connects; here only the way there is.
    const socket = secure ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    const end = (finding: Finding) => {
      socket.destroy();
      resolve(finding);
    };
    const mend = 'Check broker.url and the network; until then the terminal works with the gallery it has.';
    socket.setTimeout(brokerPatienceMs, () => end(warn('broker', `${url} does not answer`, mend)));
    socket.once('error', (error) => end(warn('broker', `${url} cannot be reached: ${error.message}`, mend)));
    socket.once(secure ? 'secureConnect' : 'connect', () => end(ok('broker', `${url} answers`)));
  });
}
