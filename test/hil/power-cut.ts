import { cutPower } from './support/machine.ts';

cutPower();
