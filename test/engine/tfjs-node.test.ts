import { bindNative } from '../../src/engine/tensorflow.ts';
import { engineOverTensorFlow } from '../../src/engine/tfjs.ts';
import { engineContract } from '../contract/engine.ts';
import { agreementContract } from '../contract/engine-agreement.ts';

const openEngine = async () => engineOverTensorFlow(await bindNative());

engineContract('tfjs', openEngine, 'tfjs-node');
agreementContract('tfjs', openEngine, 'tfjs-node');
