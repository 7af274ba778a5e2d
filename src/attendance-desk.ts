import type { HubConfig } from './config/schema.ts';
import { type AttendanceOffice, attendanceOffice } from './hub/attendance-office.ts';
import { openHubKeyring } from './hub/hub-keyring.ts';
import { openHubStore } from './hub/hub-store.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile } from './hub-folder.ts';
import { systemClock } from './runtime/clock.ts';

/**
 * Work in the books of working time from a command, beside a hub that may be running: with its books and its keys, and
 * without broker, camera or network.
 *
 * @throws LimenError for keys or books that cannot be used, and what `work` throws.
 */
export async function withAttendance<T>(config: HubConfig, work: (office: AttendanceOffice) => Promise<T>): Promise<T> {
  const keys = await openHubKeyring(hubKeyFile(config.dataFolder));
  const store = await openHubStore(hubBooks(config));
  try {
    return await work(attendanceOffice({ store, keys, clock: systemClock }));
  } finally {
    await store.close();
  }
}
