import { inWords, numberInWords } from './in-words.ts';
import { type JsonSchema, jsonSchemas, namedOf } from './json-schema.ts';

/** `docs/configuration.md`: every key with its values, default and meaning, from the schema itself. */
export function configurationReference(): string {
  const { 'limen.schema.json': terminal, 'limen-hub.schema.json': hub } = jsonSchemas();
  return `# Configuration

One YAML file per terminal, one for the hub. Start from an example in \`config/\`. Relative paths are relative to the
file. \`limen run --config FILE --print-config\` prints the file with every default; an error names line and column. Editors that
know \`yaml-language-server\` complete and check the keys by \`config/limen.schema.json\`.

Secrets are never in the file, only names of files that hold them; a secret that other users can read is refused. With
systemd, name credentials by their path, for example \`/run/credentials/limen.service/terminal.limen\`. A name or a password
inside \`broker.url\` is refused: that address goes into logs and events.

**\`recognition.liveness\`.** With \`required\`, the default, nobody is let in who was not judged alive: by how the surroundings
of the face behave, and by the networks of the pack where it has any (\`limen models add minifasnet\`). With \`off\`, a photograph of
an enrolled person opens the door. What this stops and what it does not: \`docs/liveness.md\`.

This page is generated from the schema: \`npm run schema\`.

## A terminal

${tableOf(terminal)}
## The hub

${tableOf(hub)}`;
}

function tableOf(schema: JsonSchema): string {
  return `| key | values | default | meaning |\n|---|---|---|---|\n${rowsOf(schema, '').join('\n')}\n`;
}

function rowsOf(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix + name;
    if (property.oneOf)
      return [...headingOf(property, key), ...property.oneOf.flatMap((option) => driverRows(option, key))];
    if (property.properties) return [...headingOf(property, key), ...rowsOf(property, `${key}.`)];
    const each = namedOf(property);
    if (each) return [...headingOf(property, key), ...rowsOf(each, `${key}.NAME.`)];
    const { items } = property;
    if (items?.oneOf)
      return [...headingOf(property, key), ...items.oneOf.flatMap((option) => driverRows(option, `${key}[]`))];
    if (items?.properties) return [...headingOf(property, key), ...rowsOf(items, `${key}[].`)];
    const fallback =
      'default' in property
        ? `\`${JSON.stringify(property.default)}\``
        : schema.required?.includes(name)
          ? 'needed'
          : '–';
    return [`| \`${key}\` | ${valuesOf(property)} | ${fallback} | ${property.description ?? ''} |`];
  });
}

/** What is said about a section as a whole: whether it may be left out, above all. */
function headingOf({ description }: JsonSchema, key: string): string[] {
  return description === undefined ? [] : [`| **\`${key}\`** | | | ${description} |`];
}

function driverRows(option: JsonSchema, key: string): string[] {
  const { driver, ...rest } = option.properties ?? {};
  const heading = `| **\`${key}.driver: ${driver?.const}\`** | | | ${driver?.description ?? ''} |`;
  return [heading, ...rowsOf({ ...option, properties: rest }, `${key}.`)];
}

function valuesOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'integer' || schema.type === 'number') return numberInWords(schema);
  if (schema.anyOf) return inWords(schema);
  if (schema.type === 'array') return `list of ${valuesOf(schema.items ?? {})}`;
  return schema.type === 'boolean' ? '`true`, `false`' : 'text';
}
