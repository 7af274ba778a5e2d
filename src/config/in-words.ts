import type { JsonSchema } from './json-schema.ts';

/** What may stand somewhere: `a whole number from 1 to 20`, `one of "off", "required"`. */
export function inWords(schema: JsonSchema): string {
  if (schema.enum) return `one of ${quoted(schema.enum)}`;
  if (schema.const !== undefined) return quoted([schema.const]);
  if (schema.anyOf) return schema.anyOf.map(inWords).join(', or ');
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberInWords(schema);
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'array':
      return `a list of ${inWords(schema.items ?? {})}`;
    default:
      return 'a section with keys of its own';
  }
}

/** A value as a message may repeat it: what stands before the `@` of an address can be a password. */
export function shown(value: unknown): string {
  // JSON has no word for NaN and Infinity.
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.replace(/^([a-z]+:\/\/)?.*@/is, '$1…@'));
}

/** `a number above 0, at most 0.05`. */
export function numberInWords({ type, minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const what = type === 'integer' ? 'a whole number' : 'a number';
  if (minimum !== undefined && maximum !== undefined) return `${what} from ${minimum} to ${maximum}`;
  const limits = [
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(minimum === undefined ? [] : [`of at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ];
  return [what, limits.join(', ')].join(' ').trimEnd();
}

function quoted(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
