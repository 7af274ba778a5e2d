import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Edits, editConfigText } from '../config/edit-text.ts';
import { type JsonSchema, jsonSchemaOf, valueAt } from '../config/json-schema.ts';
import { explainConfig } from '../config/load.ts';
import { hubConfigSchema } from '../config/schema.ts';
import { parseSource } from '../config/source-text.ts';
import { LimenError, messageOf } from '../domain/errors.ts';
import { writeDurable } from '../runtime/durable-file.ts';
import { inOrder } from '../runtime/in-order.ts';
import { packageVersion } from '../runtime/package-root.ts';
import { type Setting, type Settings, settingKeys } from './answers/settings.ts';
import type { CommonDesk } from './common-desk.ts';

type Value = Setting['standard'];
type Changes = Readonly<Partial<Record<(typeof settingKeys)[number], Value | null>>>;

/** One after the other: two changes at once must not lose one of them. */
const serially = inOrder();

/** What is in force, and what a hub's file says of the keys that may be changed from here. */
export async function ownSettings({
  config,
  configFile,
}: Pick<CommonDesk, 'config' | 'configFile'>): Promise<Settings> {
  const common = { effective: explainConfig(config), version: packageVersion(), node: process.version };
  const text = configFile === null ? null : await readFile(configFile, 'utf8').catch(() => null);
  if (configFile === null || text === null) return { ...common, file: null, settings: [] };
  const { content } = parseSource(configFile, text);
  const schema = jsonSchemaOf(hubConfigSchema);
  return {
    ...common,
    file: { path: configFile, digest: digestOf(text), isWritable: await isWritable(configFile) },
    settings: settingKeys.map((key) => {
      const path = key.split('.');
      const { description = '', default: standard, enum: choices, minimum, maximum } = at(schema, path);
      const inFile = valueAt(content, path) as Value | undefined;
      return {
        ...{ key, says: description, choices: (choices as string[] | undefined) ?? null },
        ...{ least: minimum ?? null, most: maximum ?? null, standard: standard as Value },
        ...{ inForce: valueAt(config, path) as Value, inFile: inFile ?? null },
      };
    }),
  };
}

/**
 * Write other values into the hub's file, for its next start; the file as it was stays beside it, as `.previous`.
 *
 * @param digest of the file as whoever changes it has seen it
 * @throws LimenError `config.changed`, `config.invalid`, `config.unreadable`, `file.unwritable`, `disk.full`; the file is
 *   then as it was.
 */
export function saveSettings(
  { configFile }: Pick<CommonDesk, 'configFile'>,
  { digest, changes }: { readonly digest: string; readonly changes: Changes },
): Promise<void> {
  return serially(async () => {
    if (configFile === null) throw noFile();
    const file = await realpath(configFile).catch(() => configFile);
    const text = await readFile(file, 'utf8').catch((cause) => {
      throw new LimenError('config.unreadable', `${configFile} cannot be read: ${messageOf(cause)}.`, { cause });
    });
    if (digestOf(text) !== digest) throw changedMeanwhile(configFile);
    const edits: Edits = new Map(Object.entries(changes).map(([key, value]) => [key, value ?? undefined] as const));
    const edited = editConfigText(text, 'hub', edits);
    if (edited !== text) await writeDurable(file, edited, { mode: (await stat(file)).mode & 0o777 });
  });
}

function at(schema: JsonSchema, path: readonly string[]): JsonSchema {
  return path.reduce((section, name) => section.properties?.[name] ?? {}, schema);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** A new file takes the place of the old one: the folder has to let it. */
async function isWritable(file: string): Promise<boolean> {
  const real = await realpath(file).catch(() => file);
  return access(dirname(real), constants.W_OK).then(
    () => true,
    () => false,
  );
}

function noFile(): LimenError {
  return new LimenError('config.unreadable', 'This hub was not started from a file.', { hint: 'Nothing was changed.' });
}

function changedMeanwhile(file: string): LimenError {
  return new LimenError('config.changed', `${file} has been changed since this page read it.`, {
    hint: 'Nothing was written. Load the page again and look at what is there now.',
  });
}
