import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import { visionContract } from '../contract/vision.ts';

visionContract('in place', async (quality) => {
  const pack = await loadPack('faceapi');
  return createVision({ pack, engine: await openEngine(), quality });
});
