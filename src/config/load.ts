import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument, stringify } from 'yaml';
import type { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { contradictions } from './contradictions.ts';
import { type Problem, problemsOf, type SourceText, sentenceOf } from './problems.ts';
import { type HubConfig, hubConfigSchema, type TerminalConfig, terminalConfigSchema } from './schema.ts';

/** @throws LimenError as {@link loadConfig}. */
export function loadTerminalConfig(file: string): TerminalConfig {
  return loadConfig(file, terminalConfigSchema);
}

/** @throws LimenError as {@link loadConfig}. */
export function loadHubConfig(file: string): HubConfig {
  return loadConfig(file, hubConfigSchema);
}

/**
 * Read one YAML file and check it. Relative paths in it are relative to the file's own folder.
 *
 * @throws LimenError `config.unreadable` when the file cannot be read, `config.invalid` with every problem that was
 *   found, each with file, line, column, the key, what is wrong and what is allowed.
 */
export function loadConfig<T extends object>(file: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(read(file), { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const source: SourceText = { file, document, lines };
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map(({ message, pos }) => ({ offset: pos[0], path: [], says: message })),
      source,
    );
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw invalid(problemsOf(parsed.error, source, schema), source);
  const contradicting = contradictions(parsed.data, source);
  if (contradicting.length > 0) throw invalid(contradicting, source);
  return absolute(parsed.data, dirname(resolve(file))) as T;
}

/** The effective configuration as YAML, every default included. Secrets are only names of files. */
export function explainConfig(config: object): string {
  return stringify(config);
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
const pathKey = /^(dataFolder|folder|.*File)$/;

function absolute(value: unknown, base: string, key = ''): unknown {
  if (typeof value === 'string') return pathKey.test(key) ? resolve(base, value) : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const pack = 'driver' in value ? undefined : (value as { pack?: unknown }).pack;
  const entries = Object.entries(value).map(([name, item]) => [name, absolute(item, base, name)]);
  // A pack is a name, or a path when it has a slash.
  if (typeof pack === 'string' && pack.includes('/')) entries.push(['pack', resolve(base, pack)]);
  return Object.fromEntries(entries);
}
