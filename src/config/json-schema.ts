import { z } from 'zod';
import { hubConfigSchema, terminalConfigSchema } from './schema.ts';

/** The part of JSON Schema that the configuration uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  /** What every value of a section with names of the site's own looks like. */
  readonly additionalProperties?: boolean | JsonSchema;
}

/** What a file may hold, as JSON Schema 2020-12. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
}

/** JSON Schemas for editors, by the name of the file in `config/` that holds them; written by `npm run schema`. */
export function jsonSchemas(): Record<'limen.schema.json' | 'limen-hub.schema.json', JsonSchema> {
  return {
    'limen.schema.json': jsonSchemaOf(terminalConfigSchema),
    'limen-hub.schema.json': jsonSchemaOf(hubConfigSchema),
  };
}

/**
 * The schema at a place of a file with this content; of a choice of drivers, the one that the content names.
 * `null` where the schema knows no such key.
 */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[], content: unknown): JsonSchema | null {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const choice = choiceOf(schema, content);
  const next = choice.properties?.[String(name)] ?? driversOf(schema, name) ?? namedOf(choice) ?? choice.items;
  return next === undefined ? null : schemaAt(next, rest, valueAt(content, [name]));
}

/** The keys that may stand in a section with this content. */
export function keysOf(schema: JsonSchema, content: unknown): string[] {
  return Object.keys(choiceOf(schema, content).properties ?? {});
}

/** What a file holds at a place; `undefined` where it holds nothing. */
export function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown> | null | undefined)?.[name], content);
}

/** What stands under each name of a section whose names are the site's own. */
export function namedOf({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function choiceOf(schema: JsonSchema, content: unknown): JsonSchema {
  const driver = valueAt(content, ['driver']);
  return schema.oneOf?.find(({ properties }) => properties?.driver?.const === driver) ?? schema;
}

/** `driver` of a section whose driver is none of those there are. */
function driversOf({ oneOf }: JsonSchema, name: PropertyKey): JsonSchema | undefined {
  if (name !== 'driver' || oneOf === undefined) return undefined;
  return { type: 'string', enum: oneOf.map(({ properties }) => properties?.driver?.const) };
}
