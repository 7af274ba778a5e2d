import fc from 'fast-check';
import { z } from 'zod';

/** As much of JSON Schema as zod writes for the console's routes. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a schema takes. */
export function fitting(schema: z.ZodType): fc.Arbitrary<unknown> {
  return of(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema);
}

/** What is nearly that: a part of it replaced by anything that JSON can say. */
export function nearly(schema: z.ZodType): fc.Arbitrary<unknown> {
  return fc.tuple(fitting(schema), fc.jsonValue(), fc.nat()).map(([value, other, where]) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return other;
    const keys = Object.keys(value);
    return { ...value, [keys[where % keys.length]!]: other };
  });
}

function of(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(of));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  switch (schema.type) {
    case 'object':
      return ofObject(schema);
    case 'array':
      return fc.array(of(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'string':
      return ofText(schema);
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -1000, -1e9), max: Math.min(schema.maximum ?? 1000, 1e9) });
    case 'number':
      return fc.double({ noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

function ofObject({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const keys = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, of(part)]));
  return fc.record(keys, { requiredKeys: required.filter((name) => name in keys) });
}

function ofText({ pattern, format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
      .map((date) => date.toISOString());
  const size = { minLength, maxLength: Math.min(maxLength, 60) };
  if (pattern === undefined) return fc.string({ unit: 'binary', ...size });
  // What fast-check cannot make from a pattern may be refused: that is an answer as well.
  const fits = new RegExp(pattern, 'u');
  return fc.oneof(
    fc.string({ ...size }),
    fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/).filter((text) => fits.test(text) || true),
  );
}
