import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { RecentTrouble } from './recent-trouble.ts';

export type { Logger } from 'pino';

/** The `log` section of a configuration. */
export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'pretty' | 'json';
}

/** What never reaches a log, wherever in an object it sits: faces in any form, and what opens something. */
const withheld =
  /^(.*templates?|probe|embedding|landmarks|rgb|jpeg|picture|.*pin(hash)?|.*password|.*secret|.*token|.*key)$/i;

/**
 * The daemon's log, on standard error: standard output belongs to what a command prints.
 * Templates, pictures, PINs, keys and passwords are replaced by "[withheld]", and bytes by their number, at any depth;
 * names of files that hold a key (`siteKeyFile`) are not secrets and stay. What is bound to a child logger is not
 * looked at (pino formats it by itself): bind names only. `trouble` is handed warnings and errors as well.
 */
export function createLogger(
  { level, format, trouble }: LogOptions & { readonly trouble?: RecentTrouble },
  destination: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): Logger {
  const stream =
    format === 'json'
      ? destination
      : pretty({ destination, colorize: destination.isTTY === true, ignore: 'pid,hostname', sync: true });
  return pino(
    {
      level,
      base: undefined,
      serializers: { error: pino.stdSerializers.err },
      formatters: { log: scrubbed },
    },
    trouble === undefined
      ? stream
      : pino.multistream([
          { level, stream },
          { level: 'warn', stream: trouble },
        ]),
  );
}

function scrubbed(fields: Record<string, unknown>): Record<string, unknown> {
  return scrub(fields, 0) as Record<string, unknown>;
}

/** Deep enough for every event, and an end for whatever refers to itself. */
const deepest = 8;

function scrub(value: unknown, depth: number): unknown {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth === deepest) return '[…]';
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withheld.test(name) ? '[withheld]' : scrub(item, depth + 1)]),
  );
}
