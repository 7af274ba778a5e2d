/** `npm run build:kernel`: the matching kernel from its source, as a module that can be imported anywhere. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import wabt from 'wabt';
import { packageRoot } from '../../src/runtime/package-root.ts';

const folder = join(packageRoot(), 'src', 'gallery');
/** The TypeScript module that holds the built kernel. */
export const kernelFile = join(folder, 'kernel-bytes.ts');

/** The text of {@link kernelFile}; the same on every machine, for one version of wabt. */
export async function kernelModule(): Promise<string> {
  const source = 'matcher.wat';
  const module = (await wabt()).parseWat(source, readFileSync(join(folder, source), 'utf8'), { simd: true });
  try {
    module.validate();
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
    return [
      '// Made from matcher.wat by `npm run build:kernel`: change that file, not this one.',
      '',
      '/** The matching kernel, WebAssembly in base64. */',
      'export const kernelBase64 =',
      ...(base64.match(/.{1,100}/g) ?? []).map((part, i, all) => `  '${part}'${i < all.length - 1 ? ' +' : ';'}`),
      '',
    ].join('\n');
  } finally {
    module.destroy();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(kernelFile, await kernelModule());
