import { isLimenError } from '../../../src/domain/errors.ts';
import { openDataFolder } from '../../../src/runtime/data-folder.ts';

/** Tries to take a data folder once; prints what came of it and holds what it got until its input ends. */
try {
  openDataFolder(process.argv[2]!);
  console.log('held');
} catch (error) {
  console.log(isLimenError(error) ? error.code : String(error));
}
process.stdin.resume();
