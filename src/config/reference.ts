import { jsonSchemas } from './json-schema.ts';

/** The part of JSON Schema that the configuration uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
}

/** `docs/configuration.md`: every key with its values, default and meaning, from the schema itself. */
export function configurationReference(): string {
  const { 'limen.schema.json': terminal, 'limen-hub.schema.json': hub } = jsonSchemas() as Record<string, Schema>;
  return `# Configuration

One YAML file per terminal, one for the hub. The examples in \`config/\` work as they are. Relative paths are relative to the
file. \`limen run --config FILE --print-config\` prints the file with every default; an error names line and column. Editors that
know \`yaml-language-server\` complete and check the keys by \`config/limen.schema.json\`.

Secrets are never in the file, only names of files that hold them; a secret that other users can read is refused. With
systemd, name credentials by their path, for example \`/run/credentials/limen.service/site.key\`.

This page is generated from the schema: \`npm run schema\`.

## A terminal

${tableOf(terminal!)}
## The hub

${tableOf(hub!)}`;
}

function tableOf(schema: Schema): string {
  return `| key | values | default | meaning |\n|---|---|---|---|\n${rowsOf(schema, '').join('\n')}\n`;
}

function rowsOf(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix + name;
    if (property.oneOf) return property.oneOf.flatMap((option) => driverRows(option, key));
    if (property.properties) return rowsOf(property, `${key}.`);
    const fallback =
      'default' in property
        ? `\`${JSON.stringify(property.default)}\``
        : schema.required?.includes(name)
          ? 'needed'
          : '–';
    return [`| \`${key}\` | ${valuesOf(property)} | ${fallback} | ${property.description ?? ''} |`];
  });
}

function driverRows(option: Schema, key: string): string[] {
  const { driver, ...rest } = option.properties ?? {};
  const heading = `| **\`${key}.driver: ${driver?.const}\`** | | | ${driver?.description ?? ''} |`;
  return [heading, ...rowsOf({ ...option, properties: rest }, `${key}.`)];
}

function valuesOf({ type, enum: values, minimum, maximum, exclusiveMinimum }: Schema): string {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type !== 'integer' && type !== 'number') return type === 'boolean' ? '`true`, `false`' : 'text';
  const least =
    exclusiveMinimum === undefined ? (minimum === undefined ? null : String(minimum)) : `above ${exclusiveMinimum}`;
  const what = type === 'integer' ? 'whole number' : 'number';
  return least === null ? what : `${what}, ${least} to ${maximum ?? '…'}`;
}
