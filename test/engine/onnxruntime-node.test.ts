import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { engineContract } from '../contract/engine.ts';

engineContract('onnxruntime-node', openEngine);
