import { engineNames, openEngineByName } from '../compose.ts';
import type { RecognitionConfig } from '../config/recognition-schema.ts';
import type { Engine } from '../engine/engine.ts';
import { livenessNetworks } from '../vision/liveness-manifest.ts';
import { loadNetwork, type Pack } from '../vision/pack.ts';
import { checked, type Finding, ok, warn } from './finding.ts';

type EngineName = RecognitionConfig['engine'];

/** Which engine runs the networks here, and what there is to say about the others. */
export async function examineEngines(inUse: EngineName): Promise<Finding[]> {
  const findings: Finding[] = [];
  // One after another: TensorFlow.js and ONNX Runtime's WebAssembly set up the process as a whole.
  for (const name of engineNames) {
    const look = name === inUse ? chosen : spare;
    findings.push(
      ...(await checked('engine', async () => look(await openEngineByName(name)), name === inUse ? 'fail' : 'warn')),
    );
  }
  return findings;
}

function chosen({ name, handicap }: Engine): Finding {
  const says = `${name}, in use`;
  return handicap === undefined
    ? ok('engine', says)
    : warn('engine', `${says}, slower than it could be: ${handicap.says}`, handicap.mend);
}

function spare({ name, handicap }: Engine): Finding {
  return ok('engine', `${name} loads, not in use${handicap === undefined ? '' : `. ${handicap.says}`}`);
}

/** Load every network of a pack into the engine in use. @throws LimenError what a start would end with. */
export async function assertRuns(pack: Pack, inUse: EngineName): Promise<void> {
  const engine = await openEngineByName(inUse);
  const { detector, landmarks, embedder, liveness } = pack;
  for (const network of [detector, landmarks, embedder, ...livenessNetworks(liveness)]) {
    await (await loadNetwork(engine, network)).release();
  }
}
