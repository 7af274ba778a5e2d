import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Command } from 'commander';
import { packageRoot } from '../src/runtime/package-root.ts';
import { cliProgram } from './support/cli-program.ts';

// What documents tell people to type, and programs to ask, is there.

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');

const documents = [
  'README.md',
  ...readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

/** Everything that is set as code: lines of shell blocks, and what stands between backticks. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
    block!.replaceAll('\\\n', ' ').split('\n'),
  );
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  return [...blocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)];
}

const begins = /^(?:sudo (?:-u \S+ )?)?(?:npm run (?:--silent )?limen -- |limen )(?=\S)/;

/** The words after `limen` of every command in a line. */
function commandsIn(code: string): string[][] {
  return code
    .replace(/\s#.*/, '')
    .split(/&&|\|\||[;|<>&]|\$\(/)
    .map((part) => part.trim())
    .filter((part) => begins.test(part))
    .map((part) => part.replace(begins, '').split(/\s+/));
}

const isPlaceholder = (word: string) => !/^[a-z][a-z-]*$/.test(word);
const longOf = (command: Command) => command.options.map(({ long }) => long);

/** What of a command is not there: a word of it, or an option. */
function unknownIn(program: Command, words: readonly string[]): string[] {
  let command = program;
  let at = 0;
  for (; at < words.length; at += 1) {
    const next = command.commands.find((child) => child.name() === words[at]);
    if (next === undefined) break;
    command = next;
  }
  const word = words[at];
  const isGroup = command.commands.length > 0;
  if (isGroup && word !== undefined && !isPlaceholder(word)) return [word];
  // A group without a word after it is its default command.
  const known = [program, command, ...(isGroup ? command.commands : [])].flatMap(longOf);
  const flags = words.filter((one) => one.startsWith('--')).map((one) => one.replace(/[=,.:].*/, ''));
  return flags.filter((flag) => !['--help', ...known].includes(flag));
}

for (const name of documents) {
  test(`${name} names commands and options that are there`, async (t) => {
    const program = await cliProgram();
    const commands = codeIn(read(name)).flatMap(commandsIn);
    const wrong = commands.filter((words) => unknownIn(program, words).length > 0);
    t.deepEqual(
      wrong.map((words) => `limen ${words.join(' ')}`),
      [],
    );
  });
}

test('a command or an option that is not there is found', async (t) => {
  const program = await cliProgram();
  const found = (code: string) => commandsIn(code).flatMap((words) => unknownIn(program, words));
  t.deepEqual(found('cd x && limen hub provison door --config hub.yaml'), ['provison']);
  t.deepEqual(found('sudo -u limen limen doctor --click-the-relay  # --so'), ['--click-the-relay']);
  t.deepEqual(found('npm run --silent limen -- attendance --from 2026-03-01 --nonsense'), ['--nonsense']);
  t.deepEqual(found('limen hub keys rotate --site-key --config hub.yaml && sudo systemctl restart limen'), []);
});

const { paths } = JSON.parse(read('docs/openapi.json')) as { paths: Record<string, Record<string, unknown>> };
// A description does not describe itself.
const routes = [...Object.keys(paths), '/api/openapi.json'];
const isRoute = (path: string, method?: string) =>
  routes.some(
    (route) =>
      new RegExp(`^${route.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path) &&
      (method === undefined || paths[route] === undefined || method.toLowerCase() in paths[route]),
  );

// docs/screen.md is about the terminal's own server.
for (const name of documents.filter((one) => one !== 'docs/screen.md')) {
  test(`${name} names routes of the console that are there`, (t) => {
    const text = read(name);
    const named = [...text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/api\/[\w{}/.-]+)/g)];
    const asked = [...text.matchAll(/\$hub(\/api\/[\w/.-]+)/g)];
    t.deepEqual(
      [
        ...named.filter(([, method, path]) => !isRoute(path!, method)),
        ...asked.filter(([, path]) => !isRoute(path!)),
      ].map(([all]) => all),
      [],
    );
  });
}

test('docs/mqtt.md names every kind of event', (t) => {
  const kinds = [...read('src/domain/event.ts').matchAll(/^ {2}'([a-z.-]+)':/gm)].map(([, kind]) => kind!);
  t.true(kinds.length > 60, String(kinds.length));
  const text = read('docs/mqtt.md');
  t.deepEqual(
    kinds.filter((kind) => !text.includes(`\`${kind}\``)),
    [],
  );
});
