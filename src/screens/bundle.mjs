/**
 * The last step of `npm run build`: what browsers load, into dist/screens. One script and one style sheet per screen, no
 * address outside the server, so that a terminal without a network has its screen.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const into = join(here, '../../dist/screens');
const screens = ['kiosk', 'console'];

await build({
  entryPoints: screens.map((screen) => ({ in: join(here, screen, 'main.tsx'), out: `${screen}/screen` })),
  outdir: into,
  bundle: true,
  format: 'esm',
  // The Chromium of Raspberry Pi OS and of JetPack.
  target: 'chrome110',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  sourcemap: 'linked',
  loader: { '.svg': 'dataurl' },
  logLevel: 'warning',
});
for (const screen of screens) {
  mkdirSync(join(into, screen), { recursive: true });
  cpSync(join(here, screen, 'index.html'), join(into, screen, 'index.html'));
}
cpSync(join(here, 'words'), join(into, 'words'), { recursive: true });
// Packed once here, and not for every browser.
for (const screen of screens) {
  for (const name of ['screen.js', 'screen.css']) {
    const file = join(into, screen, name);
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}
