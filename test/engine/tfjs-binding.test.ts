import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

/** What stands in for a machine: its Node's version, and what lies at `@tensorflow/tfjs-node`. */
interface Machine {
  readonly node?: string;
  /** Source of the package's module; `null` means that it is not installed. */
  readonly tfjsNode?: string | null;
  /** Packages that are not installed either. */
  readonly absent?: readonly string[];
}

/** Run limen's own command on such a machine. */
async function doctorOn(machine: Machine) {
  const preload = preloadOf(machine);
  const { stdout, stderr } = await execa({
    reject: false,
    cwd: packageRoot(),
  })`node --no-warnings --import ${preload} dist/src/main.js doctor --json`;
  // TensorFlow.js likes to advertise itself there.
  if (stderr !== '') throw new Error(`it said: ${stderr}`);
  const findings = JSON.parse(stdout) as { about: string; level: string; says: string; mend: string | null }[];
  return findings.filter(({ about, says }) => about === 'engine' && /tfjs|TensorFlow/.test(says));
}

/** A module that bends Node's resolution of packages and its version before limen starts. */
function preloadOf({ node, tfjsNode = null, absent = [] }: Machine): string {
  const root = folder();
  const stub = join(root, 'tfjs-node.mjs');
  if (tfjsNode !== null) writeFileSync(stub, tfjsNode);
  const gone = [...absent, ...(tfjsNode === null ? ['@tensorflow/tfjs-node'] : [])];
  const hooks = `
    export async function resolve(name, context, next) {
      if (${JSON.stringify(gone)}.includes(name)) {
        throw Object.assign(new Error("Cannot find package '" + name + "' imported from limen"), { code: 'ERR_MODULE_NOT_FOUND' });
      }
      return name === '@tensorflow/tfjs-node'
        ? { url: ${JSON.stringify(pathToFileURL(stub).href)}, shortCircuit: true }
        : next(name, context);
    }`;
  const preload = join(root, 'preload.mjs');
  writeFileSync(
    preload,
    `import { register } from 'node:module';
     register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
     const node = ${JSON.stringify(node ?? null)};
     if (node) Object.defineProperty(process, 'versions', { value: { ...process.versions, node } });`,
  );
  return pathToFileURL(preload).href;
}

test('where tfjs-node is not installed, WebAssembly stands in, and doctor says how to have it faster', async (t) => {
  const [finding] = await doctorOn({});
  t.like(finding, { level: 'ok' });
  t.regex(finding!.says, /^tfjs 4\.\d+\.\d+ \(wasm\) loads, not in use\. @tensorflow\/tfjs-node is not installed\.$/);
});

test('on Node 23 and newer tfjs-node is left alone even where it is installed', async (t) => {
  const [finding] = await doctorOn({ node: '23.1.0', tfjsNode: 'throw new Error("was loaded");' });
  t.like(finding, { level: 'ok' });
  t.regex(
    finding!.says,
    /\(wasm\).*@tensorflow\/tfjs-node does not work on Node 23\.1\.0: it calls what Node 23 removed\./,
  );
});

test('a tfjs-node that does not load is told apart from one that is not there', async (t) => {
  const [finding] = await doctorOn({
    tfjsNode: 'throw new Error("libtensorflow.so.2: cannot open shared object file");',
  });
  t.like(finding, { level: 'ok' });
  t.regex(finding!.says, /\(wasm\).*tfjs-node does not load: libtensorflow\.so\.2: cannot open shared object file\.$/);
});

test('a tfjs-node that loads without registering its backend is not taken for one', async (t) => {
  const [finding] = await doctorOn({ tfjsNode: 'export {};' });
  t.regex(finding!.says, /\(wasm\).*TensorFlow\.js does not run on its tensorflow backend here\.$/);
});

test('where TensorFlow.js itself is missing, doctor warns and says the mend', async (t) => {
  const [finding] = await doctorOn({ absent: ['@tensorflow/tfjs-backend-wasm'] });
  t.like(finding, {
    level: 'warn',
    mend: 'Run `npm ci` again on this machine, or set recognition.engine to onnxruntime-node.',
  });
  t.regex(finding!.says, /^@tensorflow\/tfjs-backend-wasm does not load here: Cannot find package/);
});

test('a tfjs-node that works is what runs', async (t) => {
  // Node's own backend cannot be here; the plain one under its name goes through the same door.
  const { resolve } = createRequire(import.meta.url);
  const at = (name: string) => JSON.stringify(pathToFileURL(resolve(name)).href);
  const tfjsNode = `
    import * as tf from ${at('@tensorflow/tfjs-core')};
    import ${at('@tensorflow/tfjs-backend-cpu')};
    tf.registerBackend('tensorflow', () => tf.findBackend('cpu'));
    tf.copyRegisteredKernels('cpu', 'tensorflow');`;
  const [finding] = await doctorOn({ tfjsNode });
  t.regex(finding!.says, /^tfjs 4\.\d+\.\d+ \(tensorflow\) loads, not in use$/);
});
