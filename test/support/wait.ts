import { setTimeout as delay } from 'node:timers/promises';

/** Wait until `condition` holds. Sets no deadline of its own: a machine may be slow, and AVA ends a test that hangs. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
