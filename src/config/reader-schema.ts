import { z } from 'zod';

const devicePath = z.string().regex(/^\/dev\/[\w/.:-]+$/, 'a device path such as /dev/ttyUSB0');

const common = {
  gives: z
    .enum(['card', 'pin', 'both'])
    .default('both')
    .describe('What its lines are: card numbers, PINs, or both ("card 4711", "pin 2580", "1001*2580")'),
  card: z
    .enum(['number', 'wiegand26-hex', 'wiegand26-decimal', 'wiegand34-hex', 'wiegand34-decimal'])
    .default('number')
    .describe('How it writes a card: its number, or the raw code with parity bits, hexadecimal or decimal'),
};

/** A card reader or a keypad: whatever gives lines of text. */
export const readerSchema = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('serial').describe('Lines from a serial line or a USB converter'),
    device: devicePath.describe('Below /dev/serial/by-id/, where a name stays with its converter'),
    baud: z
      .union([z.literal(9600), z.literal(19_200), z.literal(38_400), z.literal(57_600), z.literal(115_200)])
      .default(9600)
      .describe('Speed of the line'),
    ...common,
  }),
  z.strictObject({
    driver: z.literal('hid').describe('A reader that types like a keyboard, each card ended by Enter'),
    device: devicePath.describe('Below /dev/input/by-id/, ending in -event-kbd'),
    ...common,
    // It types numbers only: nothing could tell a card from a PIN.
    gives: z.enum(['card', 'pin']).default('card').describe('What it types: card numbers, or PINs'),
  }),
  z.strictObject({
    driver: z.literal('fifo').describe('Lines from a named pipe that another program writes to'),
    pipeFile: z.string().min(1).describe('Made by limen where it is not there, for its own user only'),
    ...common,
  }),
  z.strictObject({
    driver: z.literal('simulated').describe('Lines appended to simulated-reader.txt in the data folder; for trials'),
    ...common,
  }),
]);
export type ReaderConfig = z.infer<typeof readerSchema>;
