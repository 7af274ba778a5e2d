import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'ava';
import { packageRoot } from '../src/runtime/package-root.ts';

const documents = [
  'README.md',
  ...readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const missing = (paths: readonly string[], folder: string) =>
  paths.filter((path) => !existsSync(join(packageRoot(), folder, path)));

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const linksIn = (text: string) =>
  [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)].map(([, link]) => link!.split('#', 2));

for (const name of documents) {
  const text = readFileSync(join(packageRoot(), name), 'utf8');

  test(`${name} links to files that are there`, (t) => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path]) => path!);
    t.deepEqual(missing(links, dirname(name)), []);
  });

  test(`${name} links to headings that are there`, (t) => {
    const headings = linksIn(text).filter(([, anchor]) => anchor !== undefined);
    const isMissing = ([path, anchor]: string[]) => {
      const file = path === '' ? name : join(dirname(name), path!);
      return !anchorsOf(readFileSync(join(packageRoot(), file), 'utf8')).includes(anchor!);
    };
    t.deepEqual(headings.filter(isMissing), []);
  });

  test(`${name} names tests that are there`, (t) => {
    const tests = [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path!);
    t.deepEqual(missing(tests, '.'), []);
  });
}

test('every document can be reached from README.md', (t) => {
  const reached = new Set<string>();
  const follow = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    const path = join(packageRoot(), name);
    if (!name.endsWith('.md')) return;
    for (const [link] of linksIn(readFileSync(path, 'utf8'))) if (link) follow(normalize(join(dirname(name), link)));
  };
  follow('README.md');
  // A link to a folder shows what lies in it.
  const isReached = (name: string) => reached.has(name) || reached.has(`${dirname(name)}/`);
  t.deepEqual(
    documents.filter((name) => !isReached(name)),
    [],
  );
});

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
