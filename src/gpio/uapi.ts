/**
 * The Linux GPIO character device, uAPI v2 (`linux/gpio.h`, since 5.10), as bytes. The layout is kernel ABI: the same
 * on every 64-bit and 32-bit machine that is little-endian, and it never changes.
 */
import { endianness } from 'node:os';
import type { Level, LineSpec } from './gpio.ts';

/** Request numbers of `ioctl`. */
export const ioctls = {
  chipInfo: 0x8044b401,
  lineInfo: 0xc100b405,
  lineRequest: 0xc250b407,
  getValues: 0xc010b40e,
  setValues: 0xc010b40f,
} as const;

/** Sizes of the structs, in bytes. */
export const sizes = { chipInfo: 68, lineInfo: 256, lineRequest: 592, lineValues: 16, lineEvent: 48 } as const;

/** `enum gpio_v2_line_flag`, the ones that limen uses. */
export const flags = {
  used: 1n << 0n,
  input: 1n << 2n,
  output: 1n << 3n,
  edgeRising: 1n << 4n,
  edgeFalling: 1n << 5n,
  biasPullUp: 1n << 8n,
  biasPullDown: 1n << 9n,
  biasDisabled: 1n << 10n,
} as const;

/** How many events the kernel keeps for a line between two looks: bounces of seconds. */
const eventBufferSize = 1024;
const outputValuesAttribute = 2;

/** This machine cannot use these layouts; none that Node runs on is big-endian but s390x. */
export const isLittleEndian = endianness() === 'LE';

/** `struct gpiochip_info` */
export function readChipInfo(bytes: Buffer): { name: string; label: string; lines: number } {
  return { name: textAt(bytes, 0), label: textAt(bytes, 32), lines: bytes.readUInt32LE(64) };
}

/** `struct gpio_v2_line_info`, as the question. */
export function lineInfoQuestion(line: number): Buffer {
  const bytes = Buffer.alloc(sizes.lineInfo);
  bytes.writeUInt32LE(line, 64);
  return bytes;
}

/** What the kernel says about one line. `consumer` is empty where the holder gave no name. */
export interface LineInfo {
  readonly line: number;
  /** The board's own name of it: `GPIO17`, `PIN_11`; often empty. */
  readonly name: string;
  readonly used: boolean;
  readonly consumer: string;
  readonly direction: 'in' | 'out';
}

/** `struct gpio_v2_line_info` */
export function readLineInfo(bytes: Buffer): LineInfo {
  const set = bytes.readBigUInt64LE(72);
  return {
    line: bytes.readUInt32LE(64),
    name: textAt(bytes, 0),
    used: (set & flags.used) !== 0n,
    consumer: textAt(bytes, 32),
    direction: (set & flags.output) !== 0n ? 'out' : 'in',
  };
}

/** `struct gpio_v2_line_request` for one line. With a level it is an output that starts there, else an input with both edges. */
export function lineRequest(
  { line, bias = 'as-is', consumer }: Pick<LineSpec, 'line' | 'bias'> & { consumer: string },
  level?: Level,
): Buffer {
  const bytes = Buffer.alloc(sizes.lineRequest);
  bytes.writeUInt32LE(line, 0);
  // The last byte stays 0: the kernel's strings end with it.
  bytes.write(consumer, 256, 31, 'utf8');
  const direction = level === undefined ? flags.input | flags.edgeRising | flags.edgeFalling : flags.output;
  bytes.writeBigUInt64LE(direction | biasFlags[bias], 288);
  if (level !== undefined) {
    bytes.writeUInt32LE(1, 296);
    bytes.writeUInt32LE(outputValuesAttribute, 320);
    bytes.writeBigUInt64LE(BigInt(level), 328);
    bytes.writeBigUInt64LE(1n, 336);
  }
  bytes.writeUInt32LE(1, 560);
  if (level === undefined) bytes.writeUInt32LE(eventBufferSize, 564);
  return bytes;
}

const biasFlags = {
  'as-is': 0n,
  none: flags.biasDisabled,
  'pull-up': flags.biasPullUp,
  'pull-down': flags.biasPullDown,
} as const;

/** The file descriptor that the kernel put into a `struct gpio_v2_line_request`. */
export function fdOf(request: Buffer): number {
  return request.readInt32LE(588);
}

/** `struct gpio_v2_line_values` of a request with one line. */
export function lineValues(level: Level = 0): Buffer {
  const bytes = Buffer.alloc(sizes.lineValues);
  bytes.writeBigUInt64LE(BigInt(level), 0);
  bytes.writeBigUInt64LE(1n, 8);
  return bytes;
}

/** The level in a `struct gpio_v2_line_values`. */
export function levelIn(values: Buffer): Level {
  return (values.readUInt8(0) & 1) === 1 ? 1 : 0;
}

/** One change, as the kernel queued it. */
export interface LineEvent {
  readonly atMs: number;
  readonly level: Level;
  /** Counts the events of this line from 1, those that were lost included. */
  readonly seq: number;
}

/** Every `struct gpio_v2_line_event` in what a read returned. */
export function readEvents(bytes: Buffer): LineEvent[] {
  return Array.from({ length: Math.floor(bytes.length / sizes.lineEvent) }, (_, index) => {
    const at = index * sizes.lineEvent;
    return {
      atMs: Number(bytes.readBigUInt64LE(at)) / 1e6,
      level: bytes.readUInt32LE(at + 8) === 1 ? 1 : 0,
      seq: bytes.readUInt32LE(at + 20),
    };
  });
}

function textAt(bytes: Buffer, offset: number): string {
  const field = bytes.subarray(offset, offset + 32);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}
