import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { createHubKeys } from '../../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../../src/hub/hub-keyring.ts';
import { openHubStore } from '../../../src/hub/hub-store.ts';
import { terminalBooks } from '../../../src/hub/terminal-books.ts';
import { provisionFile } from '../../../src/hub-provisioner.ts';
import { siblingModule } from '../../../src/runtime/package-root.ts';
import { installProvisioning } from '../../../src/sync/provisioned-file.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { freePort } from '../../support/sync.ts';
import { hubKeyFile, terminals } from '../children/site.ts';
import { disagreements, wrongsSaid } from '../processes/agreement.ts';
import { Killable } from '../processes/killable.ts';
import { chance } from '../simulation/chance.ts';
import { amount, patienceMs, seeds } from '../support/amount.ts';
import { Mosquitto } from '../support/mosquitto.ts';

const folders = temporaryFolders(test);
const kills = amount({ short: 16, long: 400 });

test('real processes on a real broker, killed at random: all agree in the end, nothing lost, twice or late', async (t) => {
  t.timeout(patienceMs);
  if (!needs(t, 'mosquitto')) return;
  const folder = realpathSync(folders());
  const [seed = 0] = seeds(1);
  const dice = chance(seed);
  for (const name of [...terminals, 'broker']) mkdirSync(join(folder, name));
  await provisionAll(folder);
  const lines = ['allow_anonymous true', 'persistence true', 'autosave_on_changes true', 'autosave_interval 20'];
  const broker = new Mosquitto({ port: await freePort(), folder: join(folder, 'broker'), lines });
  const hub = new Killable(siblingModule(import.meta.url, '../children/hub'), [broker.url, folder]);
  const doors = terminals.map(
    (name) => new Killable(siblingModule(import.meta.url, '../children/terminal'), [broker.url, folder, name]),
  );
  t.teardown(() => Promise.all([broker.end('SIGKILL'), hub.kill(), ...doors.map((door) => door.kill())]));
  await broker.start();
  for (const one of [hub, ...doors]) one.start();

  const killed = { broker: 0, hub: 0, terminal: 0 };
  const count = (word: string) =>
    doors.flatMap(({ lines: said }) => said).filter((line) => line.startsWith(word)).length;
  const reviveAll = async () => {
    if (!broker.isUp) await broker.start();
    for (const one of [hub, ...doors]) if (!one.isUp) one.start();
  };
  for (let kill = 0; kill < kills; kill++) {
    await delay(dice.between(50, 1500));
    const which = dice.between(0, 4);
    killed[which === 0 ? 'broker' : which < 3 ? 'hub' : 'terminal']++;
    if (which === 0) await broker.end('SIGKILL');
    else await (which < 3 ? hub : dice.pick(doors)).kill();
    await delay(dice.between(0, 200));
    await reviveAll();
    // A life that never came to do anything proves little: now and then everybody gets to work.
    const acts = count('act');
    while (kill % 4 === 0 && (![hub, ...doors].every(({ works }) => works) || count('act') === acts)) await delay(50);
  }

  writeFileSync(join(folder, 'evening'), '');
  await reviveAll();
  const deadlineMs = performance.now() + 120_000;
  let wrongs = await disagreements(folder, terminals);
  while (wrongs.length > 0 && performance.now() < deadlineMs) {
    await delay(500);
    await reviveAll();
    wrongs = await disagreements(folder, terminals);
  }
  for (const one of [hub, ...doors]) await one.kill();
  t.deepEqual(wrongs, []);
  for (const [i, { lines: said }] of doors.entries())
    t.deepEqual(wrongsSaid(folder, terminals[i]!, said).slice(0, 5), []);
  const handedOn = hub.lines.filter((line) => line.startsWith('handed-on'));
  t.is(new Set(handedOn).size, handedOn.length, 'no event was handed on twice');
  t.deepEqual([hub, ...doors].flatMap(({ crashes }) => crashes).slice(0, 3), [], 'nobody ended by itself');
  t.true(count('act') > 0 && count('event') > 0);
  t.log(
    `seed ${seed}: ${kills} kills ${JSON.stringify(killed)}, ${count('event')} events, ${count('act')} commands carried out`,
  );
});

/** A hub with its keys, and terminals that it has provisioned. */
async function provisionAll(folder: string): Promise<void> {
  await createHubKeys(hubKeyFile(folder));
  const store = await openHubStore(join(folder, 'hub.db'));
  const hub = { terminals: terminalBooks(store.db) };
  const keyring = await openHubKeyring(hubKeyFile(folder));
  for (const terminal of terminals) {
    const out = join(folder, `${terminal}.limen`);
    const broker = { url: 'mqtt://127.0.0.1', protocol: '5' } as const;
    await provisionFile({ site: 'plant', keyring, hub }, { terminal, broker, out });
    await installProvisioning(out, { site: 'plant', terminal, dataFolder: join(folder, terminal) });
  }
  await store.close();
}
