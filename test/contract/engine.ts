import ava, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import type { Engine, OpenEngine } from '../../src/engine/engine.ts';
import { graphModelOf, type NetworkSpec } from '../../src/vision/network-manifest.ts';
import { loadNetwork, loadPack, type Placed, readNetwork, readPackFile } from '../../src/vision/pack.ts';
import { needs, type Part } from '../support/require.ts';

/** What every engine driver promises; `test/engine` runs it against each. `part` is what the driver needs to be there. */
export function engineContract(driver: string, openEngine: OpenEngine, part?: Part): void {
  const test = (title: string, body: (t: ExecutionContext) => Promise<void>) =>
    ava(title, async (t) => {
      if (part === undefined || needs(t, part)) await body(t);
    });
  const pack = loadPack('faceapi');
  const embedderOn = async (engine: Engine) => loadNetwork(engine, (await pack).embedder);
  const chip = new Float32Array(3 * 192 * 192).map((_, i) => (i * 7919) % 256);

  test(`${driver}: says what it is`, async (t) => {
    const engine = await openEngine();
    t.regex(engine.name, new RegExp(`^${driver} \\d+\\.\\d+\\.\\d+ \\(\\w+\\)$`));
  });

  test(`${driver}: runs a network by the names in it, the same answer each time, for a batch of any size`, async (t) => {
    const network = await embedderOn(await openEngine());
    t.deepEqual([network.inputNames, network.outputNames], [['input'], ['embedding']]);
    const one = await network.run({ input: { dims: [1, 3, 192, 192], data: chip } });
    const two = await network.run({
      input: { dims: [2, 3, 192, 192], data: new Float32Array([...chip, ...chip]) },
    });
    t.deepEqual(one.embedding?.dims, [1, 128]);
    t.deepEqual(two.embedding?.dims, [2, 128]);
    t.deepEqual(two.embedding?.data.subarray(128), one.embedding?.data);
    await network.release();
  });

  test(`${driver}: refuses what is no network`, async (t) => {
    const engine = await openEngine();
    const [model, weights] = await filesFor(engine, (await pack).embedder);
    const changed = Uint8Array.from(model);
    changed[0]! ^= 0xff;
    const damaged: [Uint8Array, Uint8Array?][] = [
      [new Uint8Array(0), weights],
      [new Uint8Array(1000).fill(7), weights],
      [model.subarray(0, model.length / 2), weights],
      [changed, weights],
      ...(weights === undefined
        ? []
        : [[model] as [Uint8Array], [model, weights.subarray(1)] as [Uint8Array, Uint8Array]]),
    ];
    for (const files of damaged) {
      const error = await t.throwsAsync(engine.load(...files), { instanceOf: LimenError, code: 'engine.failed' });
      t.regex((error as LimenError).hint ?? '', /fetch the pack again/);
    }
  });

  test(`${driver}: refuses tensors that do not fit, and goes on working`, async (t) => {
    const network = await embedderOn(await openEngine());
    const wrong = [
      { input: { dims: [1, 3, 112, 112], data: new Float32Array(3 * 112 * 112) } },
      { input: { dims: [1, 3, 192, 192], data: new Float32Array(10) } },
      { picture: { dims: [1, 3, 192, 192], data: chip } },
      {},
    ];
    for (const inputs of wrong) {
      await t.throwsAsync(network.run(inputs as never), { instanceOf: LimenError, code: 'engine.failed' });
    }
    t.is((await network.run({ input: { dims: [1, 3, 192, 192], data: chip } })).embedding?.data.length, 128);
    await network.release();
  });
}

async function filesFor(
  { format }: Engine,
  network: Placed<NetworkSpec>,
): Promise<[model: Uint8Array, weights?: Uint8Array]> {
  if (format === 'onnx') return [await readNetwork(network)];
  const model = graphModelOf(network)!;
  const { folder } = network;
  return [await readPackFile(folder, model), await readPackFile(folder, model.weights)];
}
