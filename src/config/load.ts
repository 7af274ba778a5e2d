import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { type PlacedProblem, placed } from './check-text.ts';
import { contradictions } from './contradictions.ts';
import { valueAt } from './json-schema.ts';
import { type Problem, problemsOf, sentenceOf } from './problems.ts';
import { type HubConfig, hubConfigSchema, type TerminalConfig, terminalConfigSchema } from './schema.ts';
import { parseSource, type SourceText } from './source-text.ts';

/** @throws LimenError as {@link loadConfig}. */
export function loadTerminalConfig(file: string): TerminalConfig {
  if (isWholeHubConfig(file)) throw wrongKind(file, { is: "a hub's", wanted: "a terminal's", example: 'pi-door.yaml' });
  return loadConfig(file, terminalConfigSchema);
}

/** @throws LimenError as {@link loadConfig}. */
export function loadHubConfig(file: string): HubConfig {
  if (isTerminalConfig(file)) throw wrongKind(file, { is: "a terminal's", wanted: "the hub's", example: 'hub.yaml' });
  return loadConfig(file, hubConfigSchema);
}

function isWholeHubConfig(file: string): boolean {
  return isHubConfig(file) && hubConfigSchema.safeParse(sectionsOf(file)).success;
}

function isTerminalConfig(file: string): boolean {
  const content = sectionsOf(file);
  return content !== null && 'terminal' in content && 'camera' in content;
}

/** Naming every key of the other kind would bury the one mistake: the wrong file. */
function wrongKind(file: string, { is, wanted, example }: { is: string; wanted: string; example: string }): LimenError {
  return new LimenError('config.invalid', `${file} is ${is} configuration; this needs ${wanted}.`, {
    hint: `Name ${wanted} file with --config; config/${example} is one to start from.`,
  });
}

/** Whether a file configures a hub: it has no name and no camera. What cannot be read is left to the loader, which says why. */
export function isHubConfig(file: string): boolean {
  const content = sectionsOf(file);
  return content !== null && !('terminal' in content) && !('camera' in content);
}

function sectionsOf(file: string): object | null {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
    return typeof content === 'object' ? content : null;
  } catch {
    return null;
  }
}

/**
 * Read one YAML file and check it. Relative paths in it are relative to the file's own folder.
 *
 * @throws LimenError `config.unreadable` when the file cannot be read, `config.invalid` with every problem that was
 *   found, each with file, line, column, the key, what is wrong and what is allowed.
 */
export function loadConfig<S extends z.ZodObject>(file: string, schema: S): z.infer<S> {
  const source = parseSource(file, read(file));
  const { problems, sound } = judged(source, schema, dirname(resolve(file)));
  if (problems.length > 0) throw invalid(problems, source);
  return sound as z.infer<S>;
}

/**
 * Check a configuration that is no file yet, as {@link loadConfig} would. Never throws: what is wrong is in `problems`;
 * without any, `effective` is the configuration as YAML with every default.
 */
export function checkConfigText(
  text: string,
  kind: 'terminal' | 'hub',
): { readonly problems: readonly PlacedProblem[]; readonly effective: string | null } {
  const source = parseSource(kind, text);
  const schema: z.ZodObject = kind === 'hub' ? hubConfigSchema : terminalConfigSchema;
  const { problems, sound } = judged(source, schema, null);
  return { problems: placed(problems, source), effective: problems.length > 0 ? null : explainConfig(sound) };
}

/** Everything that is wrong, and what can be used. @param base what relative paths are relative to; `null` leaves them */
function judged(
  source: SourceText,
  schema: z.ZodObject,
  base: string | null,
): { problems: readonly Problem[]; sound: Record<string, unknown> } {
  if (source.faults.length > 0) return { problems: source.faults.map((fault) => ({ ...fault, path: [] })), sound: {} };
  const parsed = schema.safeParse(source.content);
  const content = parsed.success ? parsed.data : soundSections(schema, source);
  const sound = (base === null ? content : absolute(content, base)) as Record<string, unknown>;
  const problems = [
    ...(parsed.success ? [] : problemsOf(parsed.error, source, schema)),
    ...contradictions(sound as Partial<TerminalConfig & HubConfig>, source),
  ];
  return { problems, sound };
}

/** The effective configuration as YAML, every default included. Secrets are only names of files. */
export function explainConfig(config: object): string {
  return stringify(config);
}

/** What of a file with mistakes can be judged already, so that all of them are told at once. */
function soundSections(schema: z.ZodObject, { content }: SourceText): Record<string, unknown> {
  const sections = Object.entries(schema.shape).map(([name, section]) => {
    const parsed = (section as z.ZodType).safeParse(valueAt(content, [name]));
    return [name, parsed.success ? parsed.data : undefined];
  });
  return Object.fromEntries(sections);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LimenError('config.unreadable', `The configuration ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check the path; the folder config/ has examples to start from.',
      cause,
    });
  }
}

function invalid(problems: readonly Problem[], source: SourceText): LimenError {
  const sentences = [...problems].sort((a, b) => a.offset - b.offset).map((problem) => sentenceOf(problem, source));
  return new LimenError('config.invalid', sentences.join('\n'), {
    hint: 'docs/configuration.md has every key with its values.',
  });
}

/** Keys that hold a path of a file or a folder. */
const pathKey = /^(dataFolder|folder|projection|provisioning|.*File)$/;

function absolute(value: unknown, base: string, key = ''): unknown {
  // A pack is a name, or a path when it has a slash.
  if (typeof value === 'string')
    return pathKey.test(key) || (key === 'pack' && value.includes('/')) ? resolve(base, value) : value;
  if (Array.isArray(value)) return value.map((item) => absolute(item, base, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, absolute(item, base, name)]));
}
