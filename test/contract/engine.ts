import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import type { OpenEngine } from '../../src/engine/engine.ts';
import { loadPack, readNetwork } from '../../src/vision/pack.ts';

/** What every engine driver promises; `test/engine` runs it against each. */
export function engineContract(driver: string, openEngine: OpenEngine): void {
  const pack = loadPack('faceapi');
  const embedder = pack.then((it) => readNetwork(it.embedder));
  const chip = new Float32Array(3 * 150 * 150).map((_, i) => (i * 7919) % 256);

  test(`${driver}: says what it is`, async (t) => {
    const engine = await openEngine();
    t.regex(engine.name, new RegExp(`^${driver} \\d+\\.\\d+\\.\\d+ \\(\\w+\\)$`));
  });

  test(`${driver}: runs a network by the names in it, the same answer each time, for a batch of any size`, async (t) => {
    const network = await (await openEngine()).load(await embedder);
    t.deepEqual([network.inputNames, network.outputNames], [['input'], ['embedding']]);
    const one = await network.run({ input: { dims: [1, 3, 150, 150], data: chip } });
    const two = await network.run({
      input: { dims: [2, 3, 150, 150], data: new Float32Array([...chip, ...chip]) },
    });
    t.deepEqual(one.embedding?.dims, [1, 128]);
    t.deepEqual(two.embedding?.dims, [2, 128]);
    t.deepEqual(two.embedding?.data.subarray(128), one.embedding?.data);
    await network.release();
  });

  test(`${driver}: refuses what is no network`, async (t) => {
    const engine = await openEngine();
    const whole = await embedder;
    const changed = Uint8Array.from(whole);
    changed[0]! ^= 0xff;
    for (const bytes of [new Uint8Array(0), new Uint8Array(1000).fill(7), whole.subarray(0, 100_000), changed]) {
      const error = await t.throwsAsync(engine.load(bytes), { instanceOf: LimenError, code: 'engine.failed' });
      t.regex((error as LimenError).hint ?? '', /fetch the pack again/);
    }
  });

  test(`${driver}: refuses tensors that do not fit, and goes on working`, async (t) => {
    const network = await (await openEngine()).load(await embedder);
    const wrong = [
      { input: { dims: [1, 3, 112, 112], data: new Float32Array(3 * 112 * 112) } },
      { input: { dims: [1, 3, 150, 150], data: new Float32Array(10) } },
      { picture: { dims: [1, 3, 150, 150], data: chip } },
      {},
    ];
    for (const inputs of wrong) {
      await t.throwsAsync(network.run(inputs as never), { instanceOf: LimenError, code: 'engine.failed' });
    }
    t.is((await network.run({ input: { dims: [1, 3, 150, 150], data: chip } })).embedding?.data.length, 128);
    await network.release();
  });
}
