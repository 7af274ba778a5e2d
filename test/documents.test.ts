import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../src/runtime/package-root.ts';

const documents = [
  'README.md',
  ...readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const missing = (paths: readonly string[], folder: string) =>
  paths.filter((path) => !existsSync(join(packageRoot(), folder, path)));

for (const name of documents) {
  const text = readFileSync(join(packageRoot(), name), 'utf8');

  test(`${name} links to files that are there`, (t) => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path]) => path!);
    t.deepEqual(missing(links, dirname(name)), []);
  });

  test(`${name} names tests that are there`, (t) => {
    const tests = [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path!);
    t.deepEqual(missing(tests, '.'), []);
  });
}

for (const name of readdirSync(join(packageRoot(), 'docs/wiring'))) {
  test(`the drawing ${name} stands alone: no script, nothing fetched, a title for who cannot see it, ground of its own`, (t) => {
    const text = readFileSync(join(packageRoot(), 'docs/wiring', name), 'utf8');
    t.regex(text, /<title id="t">[^<]+<\/title>/);
    t.regex(text, /<desc id="d">[^<]+<\/desc>/);
    t.regex(text, /class="card"/);
    t.notRegex(text, /<script|href=|url\(|@import/);
    t.true(
      documents.some((document) => readFileSync(join(packageRoot(), document), 'utf8').includes(`wiring/${name}`)),
    );
  });
}
