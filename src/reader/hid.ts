import { endianness } from 'node:os';
import { deviceBytes } from './device-bytes.ts';
import type { Reader } from './reader.ts';
import { LineSplitter } from './split-lines.ts';

/** `struct input_event` (linux/input.h): two longs of time, then type, code and value. */
const longBytes = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 4 : 8;
/** Bytes of one event on this machine. */
export const eventBytes = 2 * longBytes + 8;
const keyEvent = 1;
const pressed = 1;

/** linux/input-event-codes.h: what card readers type. Letters are for hexadecimal numbers. */
const keys: Readonly<Record<number, string>> = {
  ...Object.fromEntries([...'1234567890'].map((key, i) => [2 + i, key])),
  ...{ 79: '1', 80: '2', 81: '3', 75: '4', 76: '5', 77: '6', 71: '7', 72: '8', 73: '9', 82: '0' },
  ...{ 30: 'a', 48: 'b', 46: 'c', 32: 'd', 18: 'e', 33: 'f', 55: '*', 12: '-' },
  ...{ 28: '\n', 96: '\n' },
};

/** What a burst of input events types. */
export function typedBy(events: Uint8Array): string {
  const view = new DataView(events.buffer, events.byteOffset, events.byteLength);
  const little = endianness() === 'LE';
  let text = '';
  for (let at = 0; at + eventBytes <= events.length; at += eventBytes) {
    const field = at + 2 * longBytes;
    const [type, code] = [view.getUint16(field, little), view.getUint16(field + 2, little)];
    if (type === keyEvent && view.getInt32(field + 4, little) === pressed) text += keys[code] ?? '';
  }
  return text;
}

/** A reader that types like a keyboard, seen by its own events and not by what a console makes of them. */
export function hidReader({ device }: { readonly device: string }): Reader {
  const name = `hid ${device}`;
  return {
    name,
    async *lines(signal) {
      const splitter = new LineSplitter();
      let rest: Uint8Array = Buffer.alloc(0);
      for await (const chunk of deviceBytes(device, name, signal)) {
        const bytes = Buffer.concat([rest, chunk]);
        const whole = bytes.length - (bytes.length % eventBytes);
        rest = bytes.subarray(whole);
        yield* splitter.push(typedBy(bytes.subarray(0, whole)));
      }
    },
  };
}
