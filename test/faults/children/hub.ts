import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendCommand } from '../../../src/hub/command.ts';
import { openHub } from '../../../src/hub/hub.ts';
import { openHubKeyring } from '../../../src/hub/hub-keyring.ts';
import { openHubStore } from '../../../src/hub/hub-store.ts';
import { sealer } from '../../../src/sync/envelope.ts';
import { terminalOpener } from '../../../src/sync/terminal-envelope.ts';
import { readingVision } from '../../support/site.ts';
import { clock, endWithParent, folder, hubKeyFile, isEvening, linkAs, say, site, terminals } from './site.ts';

/** A hub that enrols, changes, erases, sets rules and commands for as long as it lives. */
endWithParent();
const keys = await openHubKeyring(hubKeyFile(folder));
const store = await openHubStore(join(folder, 'hub.db'));
const link = linkAs('hub');
const hub = await openHub({ site, link, store, vision: readingVision, keys, clock, settleMs: 100 });
hub.onEvent(({ terminal, seq }) => say(`handed-on ${terminal} ${seq}`));
const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)]!;
const pictures = (id: string) => [{ name: `${id}.jpg`, jpeg: Buffer.from(id) }];

async function change(): Promise<void> {
  const people = await hub.people();
  const chance = Math.random();
  if (people.length < 3 || (chance < 0.4 && people.length < 40)) {
    const id = `p${Date.now().toString(36)}`;
    await hub.enrol({ id, name: `Person ${id}`, pictures: pictures(id) });
    say(`changed ${id}`);
  } else if (chance < 0.6) await hub.erase(pick(people).id);
  else if (chance < 0.9) await hub.change(pick(people).id, { name: `Name ${Math.random()}` });
  else await hub.setRules({ note: `${Math.random()}` });
}

async function command(): Promise<void> {
  const request = {
    audience: pick([...terminals, '*']),
    reason: null,
    issuer: 'somebody',
    timeoutMs: pick([300, 3000]),
  };
  const verb =
    request.audience === '*' ? pick(['lockdown', 'release']) : pick(['unlock', 'unlock', 'lock', 'diagnose']);
  const terminalsKnown = terminalOpener(keys, hub.terminals);
  const with_ = { site, link, db: store.db, sealer: sealer(keys), terminals: terminalsKnown, clock, repeatMs: 100 };
  await sendCommand(with_, { ...request, verb }).catch(() => {});
}

say('ready');
void (async () => {
  for (; !isEvening(); await delay(Math.random() * 300)) if (link.state.online) await command();
})();
for (; !isEvening(); await delay(Math.random() * 60)) await change();
