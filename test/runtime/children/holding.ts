import { openDataFolder } from '../../../src/runtime/data-folder.ts';

/** Takes a data folder, says so, and holds it until it is killed. */
openDataFolder(process.argv[2]!);
console.log('holding');
setInterval(() => {}, 1000);
