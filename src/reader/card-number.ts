/** How a reader writes a card. */
export type CardFormat = 'number' | 'wiegand26-hex' | 'wiegand26-decimal' | 'wiegand34-hex' | 'wiegand34-decimal';

/**
 * The number of a card as limen knows it: `FACILITY-NUMBER` of a Wiegand code, such as `123-45678`; else the text of a
 * number without leading zeros. `null` for what is no card: a parity bit that does not fit, too many digits.
 */
export function cardNumber(text: string, format: CardFormat): string | null {
  if (format === 'number') return plainNumber(text);
  const bits = format.startsWith('wiegand26') ? 26 : 34;
  return wiegand(rawCode(text, format.endsWith('hex')), bits);
}

function plainNumber(text: string): string | null {
  if (!/^[0-9a-f]{1,32}(-[0-9]{1,10})?$/i.test(text)) return null;
  return text
    .toLowerCase()
    .replace(/^0+(?=[0-9a-f])/, '')
    .replace(/-0+(?=[0-9])/, '-');
}

function rawCode(text: string, hexadecimal: boolean): bigint | null {
  if (!(hexadecimal ? /^(0x)?[0-9a-f]{1,9}$/i : /^[0-9]{1,11}$/).test(text)) return null;
  return BigInt(hexadecimal && !/^0x/i.test(text) ? `0x${text}` : text);
}

/**
 * The industry's 26-bit format (SIA AC-01): an even parity bit over the first half, facility, number, an odd parity bit over the
 * second half. The 34-bit one is the same with twice sixteen bits.
 */
function wiegand(code: bigint | null, bits: 26 | 34): string | null {
  if (code === null || code >= 1n << BigInt(bits)) return null;
  const half = BigInt(bits / 2);
  const evenHalf = ones(code >> half) % 2 === 0;
  const oddHalf = ones(code & ((1n << half) - 1n)) % 2 === 1;
  if (!evenHalf || !oddHalf) return null;
  const payload = (code >> 1n) & ((1n << BigInt(bits - 2)) - 1n);
  return `${payload >> 16n}-${payload & 0xffffn}`;
}

function ones(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length;
}
