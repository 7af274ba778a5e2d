import { z } from 'zod';
import { filePath } from './common-schema.ts';

/** Section `console` of a hub, and of a terminal: where it is served. */
export const consoleSchema = z.strictObject({
  address: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Where it listens once somebody has a password, for example 0.0.0.0; until then at this machine only'),
  port: z.number().int().min(0).max(65535).default(8420).describe('0 takes any free port'),
  certFile: filePath
    .optional()
    .describe('Certificate for HTTPS, PEM; left out, one that signs itself, unless address is this machine only'),
  keyFile: filePath.optional().describe('Its key; a file that only limen may read'),
});

export type ConsoleConfig = z.infer<typeof consoleSchema>;
