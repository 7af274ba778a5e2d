import { openEngine } from '../../src/engine/onnxruntime-web.ts';
import { engineContract } from '../contract/engine.ts';
import { agreementContract } from '../contract/engine-agreement.ts';

engineContract('onnxruntime-web', openEngine);
agreementContract('onnxruntime-web', openEngine);
