import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parse } from 'yaml';
import { terminalConfigSchema } from '../../src/config/schema.ts';
import { openDaemon } from '../../src/daemon.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { closeDoor, configFile, configure, cutDataFolder, installLimen, run, wiring } from './support/limen.ts';
import { cutFile, cutPower, hilFolder, levelOf } from './support/machine.ts';

/** Open the door as a terminal does, and take the power away while it is open. Does not return. */
installLimen();
closeDoor();
configure({ dataFolder: cutDataFolder });
// What an installer wrote was on the disk long ago; what the terminal writes from here on has to get there by itself.
run('sync');
const config = terminalConfigSchema.parse(parse(readFileSync(configFile, 'utf8')));
const daemon = await openDaemon({ config, log: createLogger({ level: 'error', format: 'json' }) });
await daemon.terminal.door!.unlock({ cause: 'test', personId: null });
const fd = openSync(cutFile, 'w');
writeSync(fd, JSON.stringify({ level: levelOf(wiring.relay), lastSeq: daemon.journal.lastSeq }));
fsyncSync(fd);
closeSync(fd);
const folder = openSync(hilFolder, 'r');
fsyncSync(folder);
cutPower();
