import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { measure, type Spent, Stages, type Subject } from './measure.ts';
import { randomVectors } from './random.ts';
import { tensorFlowOnWasm } from './tfjs.ts';

/** The part of `@vladmandic/human` that is measured. */
interface Human {
  readonly version: string;
  readonly match: { find(descriptor: number[], known: number[][]): unknown };
  load(): Promise<void>;
  detect(picture: unknown): Promise<{ face: { embedding?: number[] }[]; performance: Record<string, number> }>;
}

/** TensorFlow.js has no file loader without its native package: what `fetch` refuses is read from the disk. */
globalThis.fetch = async (address) => new Response(await readFile(fileURLToPath(String(address))));

const off = { enabled: false };

/**
 * human with face detector, mesh and description, everything else off, and its cache of similar frames off: what one
 * frame costs is to be seen, not how many are left out.
 */
await measure(async (): Promise<Subject> => {
  const { require, tf } = await tensorFlowOnWasm();
  // Not among the package's exports, though it is what its documentation names: found beside the file that is.
  const file = join(dirname(require.resolve('@vladmandic/human')), 'human.node-wasm.js');
  const { Human: HumanClass } = require(file) as { Human: new (config: object) => Human };
  const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  const human = new HumanClass({
    backend: 'wasm',
    wasmPath: `${wasmFolder}/`,
    modelBasePath: `${pathToFileURL(join(dirname(file), '../models'))}/`,
    cacheSensitivity: 0,
    debug: false,
    // One model after another: only then does human measure its own stages.
    async: false,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { enabled: true, skipFrames: 0, skipTime: 0, maxDetected: 5 },
      mesh: { enabled: true },
      description: { enabled: true, skipFrames: 0, skipTime: 0 },
      iris: off,
      emotion: off,
      antispoof: off,
      liveness: off,
    },
  });
  await human.load();
  const stages = new Stages();
  const decode = stages.timing('decode', async (jpeg: Uint8Array) => {
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    return tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
  });
  return {
    version: `@vladmandic/human ${human.version}, tfjs wasm`,
    async see(jpeg) {
      const picture = await decode(jpeg);
      const { face, performance } = await human.detect(picture);
      picture.dispose();
      const templates = face.filter(({ embedding }) => embedding !== undefined && embedding.length > 0).length;
      return { faces: face.length, templates, stages: { ...stages.take(), ...stagesOf(performance) } };
    },
    matcher(rows) {
      const known = randomVectors(rows, 1024);
      return () => human.match.find(known[7] as number[], known);
    },
  };
});

/** human measures its own stages, in wall time; the mesh is part of its detection. */
function stagesOf({ face, description }: Record<string, number>): Record<string, Spent> {
  const embed = description ?? 0;
  return { 'detect and landmarks': { wallMs: (face ?? 0) - embed }, embed: { wallMs: embed } };
}
