import type { Command } from 'commander';
import { addCalibration } from './evaluate-calibration.ts';
import { addDetector } from './evaluate-detector.ts';
import { addIdentification } from './evaluate-identification.ts';
import { addLiveness } from './evaluate-liveness.ts';
import { addVerification } from './evaluate-verification.ts';

/** `limen evaluate`: how good the eyes are, in figures. */
export function define(program: Command): void {
  const evaluate = program
    .command('evaluate')
    .description('measure how well faces are found, told apart and held against pictures of faces')
    .addHelpText('after', '\nExample:\n  limen evaluate verification --images lfw --pairs pairs.txt --report lfw.html');
  addVerification(evaluate);
  addIdentification(evaluate);
  addCalibration(evaluate);
  addDetector(evaluate);
  addLiveness(evaluate);
}
