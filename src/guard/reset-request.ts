import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemCodeOf } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { writeDurable } from '../runtime/durable-file.ts';

const requestSchema = z.strictObject({
  what: z.enum(['anti-passback', 'lock-out']),
  /** `null` is everybody. */
  personId: z.string().regex(idPattern).nullable(),
});

/** What an administrator wants forgotten. */
export type ResetRequest = z.infer<typeof requestSchema>;

function fileOf(dataFolder: string, what: ResetRequest['what']): string {
  return join(dataFolder, `reset-${what}.json`);
}

/**
 * Leave a request for the daemon of this data folder, which takes it within a second or two, or at its next start.
 *
 * @throws LimenError `disk.full`, `file.unwritable`.
 */
export async function leaveResetRequest(dataFolder: string, request: ResetRequest): Promise<void> {
  await writeDurable(fileOf(dataFolder, request.what), JSON.stringify(request), { keepPrevious: false });
}

/** Carry out what was left here. A request that cannot be read is removed: it asks for nothing. */
export function takeResetRequests(dataFolder: string, carryOut: (request: ResetRequest) => void): void {
  for (const what of ['anti-passback', 'lock-out'] as const) {
    const file = fileOf(dataFolder, what);
    const request = read(file);
    if (request === null) continue;
    if (request !== 'unreadable') carryOut(request);
    rmSync(file, { force: true });
  }
}

function read(file: string): ResetRequest | 'unreadable' | null {
  try {
    return requestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return systemCodeOf(error) === 'ENOENT' ? null : 'unreadable';
  }
}
