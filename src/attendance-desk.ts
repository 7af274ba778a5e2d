import type { HubConfig } from './config/schema.ts';
import { type AttendanceOffice, attendanceOffice } from './hub/attendance-office.ts';
import { systemClock } from './runtime/clock.ts';
import { withBooks } from './with-books.ts';

/**
 * Work in the books of working time from a command, beside a hub that may be running.
 *
 * @throws LimenError for keys or books that cannot be used, and what `work` throws.
 */
export function withAttendance<T>(config: HubConfig, work: (office: AttendanceOffice) => Promise<T>): Promise<T> {
  return withBooks(config, ({ store, keys }) => work(attendanceOffice({ store, keys, clock: systemClock })));
}
