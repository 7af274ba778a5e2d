import { openEngine } from '../../src/engine/onnxruntime-web.ts';
import { engineContract } from '../contract/engine.ts';

engineContract('onnxruntime-web', openEngine);
