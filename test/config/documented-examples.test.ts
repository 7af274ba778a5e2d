import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestFn } from 'ava';
import { loadTerminalConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test as TestFn);
const rest = `site: hq
terminal: front
dataFolder: data
camera: { driver: v4l2 }
`;

const documents = ['README.md', ...readdirSync(join(packageRoot(), 'docs')).map((name) => `docs/${name}`)];
const examples = documents
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    [...readFileSync(join(packageRoot(), name), 'utf8').matchAll(/```yaml\n([^`]*?^(?:door|mode):[^`]*)```/gm)].map(
      ([, text], index) => ({ what: `${name}, example ${index + 1}`, text: text! }),
    ),
  );

test('the wiring instructions show a Raspberry Pi and a Jetson', (t) => {
  t.is(examples.filter(({ what }) => what.startsWith('docs/wiring.md')).length, 2);
});

for (const { what, text } of examples) {
  test(`${what} is a configuration that loads`, (t) => {
    const file = join(folder(), 'door.yaml');
    writeFileSync(file, rest + text);
    t.notThrows(() => loadTerminalConfig(file));
  });
}
