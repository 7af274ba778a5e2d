import type { Template } from './template.ts';

/** A {@link Template} as text: what travels, and what lies on a disk under its seal. */
export interface PackedTemplate extends Omit<Template, 'data'> {
  /** The int8 elements, base64. */
  readonly data: string;
}

/** A template as text. */
export function packTemplate({ model, scale, data }: Template): { model: string; scale: number; data: string } {
  return { model, scale, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

/**
 * The templates of one person, out of text. Their numbers lie in one piece of memory, and nothing else does: books kept of
 * three pieces take more memory than three templates, and a window into Node's shared pool would keep that alive.
 */
export function unpackTemplates(packed: readonly PackedTemplate[]): Template[] {
  const bytes = packed.map(({ data }) => Buffer.from(data, 'base64'));
  const numbers = new Int8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  return packed.map(({ model, scale }, i) => {
    const start = end;
    end += bytes[i]!.length;
    numbers.set(bytes[i]!, start);
    return { model, scale, data: numbers.subarray(start, end) };
  });
}
