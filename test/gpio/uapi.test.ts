import test from 'ava';
import * as uapi from '../../src/gpio/uapi.ts';

/** What a C program that includes <linux/gpio.h> puts into the same structs: offset and value of each byte that is not 0. */
const byCompiler = {
  output: [
    592,
    {
      0: 0x2c,
      1: 0x01,
      ...ascii(256, 'limen-lock'),
      288: 0x08,
      289: 0x02,
      296: 0x01,
      320: 0x02,
      328: 0x01,
      336: 0x01,
      560: 0x01,
    },
  ],
  input: [592, { 0: 0x2c, 1: 0x01, ...ascii(256, 'limen-in'), 288: 0x34, 289: 0x01, 560: 0x01, 565: 0x04 }],
  fd: [592, { 588: 0x04, 589: 0x03, 590: 0x02, 591: 0x01 }],
  values: [16, { 0: 0x01, 8: 0x01 }],
  events: [
    96,
    {
      0: 0xd2,
      1: 0x02,
      2: 0x96,
      3: 0x49,
      8: 0x01,
      12: 0x05,
      16: 0x09,
      20: 0x07,
      48: 0x52,
      49: 0x99,
      50: 0x2e,
      51: 0x4a,
      56: 0x02,
      60: 0x05,
      64: 0x0a,
      68: 0x08,
    },
  ],
  chip: [68, { ...ascii(0, 'gpiochip0'), ...ascii(32, 'pinctrl-bcm2711'), 64: 0x3a }],
  info: [256, { ...ascii(0, 'GPIO17'), ...ascii(32, 'spi0 CS0'), 64: 0x11, 72: 0x09 }],
} as const satisfies Record<string, [number, Record<number, number>]>;

function ascii(at: number, text: string): Record<number, number> {
  return Object.fromEntries([...Buffer.from(text)].map((byte, index) => [at + index, byte]));
}

function bytes(struct: keyof typeof byCompiler): Buffer {
  const [size, set] = byCompiler[struct];
  const buffer = Buffer.alloc(size);
  for (const [offset, byte] of Object.entries(set)) buffer[Number(offset)] = byte;
  return buffer;
}

test('the request numbers are those of the compiler: direction, size of the struct, 0xb4, number', (t) => {
  const number = (direction: number, size: number, nr: number) => direction * 2 ** 30 + size * 2 ** 16 + 0xb400 + nr;
  t.deepEqual(uapi.ioctls, {
    chipInfo: number(2, uapi.sizes.chipInfo, 0x01),
    lineInfo: number(3, uapi.sizes.lineInfo, 0x05),
    lineRequest: number(3, uapi.sizes.lineRequest, 0x07),
    getValues: number(3, uapi.sizes.lineValues, 0x0e),
    setValues: number(3, uapi.sizes.lineValues, 0x0f),
  });
});

test('a request for an output that starts high', (t) => {
  t.deepEqual(uapi.lineRequest({ line: 300, bias: 'pull-down', consumer: 'limen-lock' }, 1), bytes('output'));
});

test('a request for an input with both edges', (t) => {
  t.deepEqual(uapi.lineRequest({ line: 300, bias: 'pull-up', consumer: 'limen-in' }), bytes('input'));
});

test('a consumer’s name that is too long is cut, and ends', (t) => {
  const request = uapi.lineRequest({ line: 1, consumer: 'x'.repeat(40) });
  t.is(request.indexOf(0, 256), 256 + 31);
});

test('the descriptor the kernel answers with', (t) => {
  t.is(uapi.fdOf(bytes('fd')), 0x01020304);
});

test('levels', (t) => {
  t.deepEqual(uapi.lineValues(1), bytes('values'));
  t.is(uapi.levelIn(bytes('values')), 1);
  t.is(uapi.levelIn(uapi.lineValues(0)), 0);
});

test('events, and no half ones', (t) => {
  const queued = Buffer.concat([bytes('events'), Buffer.alloc(20)]);
  t.deepEqual(uapi.readEvents(queued), [
    { atMs: 1234.56789, level: 1, seq: 7 },
    { atMs: 1244.56789, level: 0, seq: 8 },
  ]);
});

test('a chip', (t) => {
  t.deepEqual(uapi.readChipInfo(bytes('chip')), { name: 'gpiochip0', label: 'pinctrl-bcm2711', lines: 58 });
});

test('a line and its holder', (t) => {
  const info = { line: 17, name: 'GPIO17', used: true, consumer: 'spi0 CS0', direction: 'out' };
  t.deepEqual(uapi.readLineInfo(bytes('info')), info as uapi.LineInfo);
  t.is(uapi.lineInfoQuestion(17).readUInt32LE(64), 17);
});
