import { z } from 'zod';
import { milliseconds } from './common-schema.ts';

/** A line of a GPIO chip. */
const lineKeys = {
  chipLabel: z.string().min(1).optional().describe('Label of the GPIO chip; left out, it is that of the section'),
  line: z.number().int().min(0).max(511).describe('Line offset within the chip: the BCM number on a Raspberry Pi'),
};

/** An input: `means` says what it is for; left out where there is none. */
export const gpioInput = (means: string, debounceMs = 30) =>
  z
    .strictObject({
      ...lineKeys,
      activeLow: z.boolean().default(true).describe('true when the low level means it: a switch to ground'),
      bias: z
        .enum(['as-is', 'none', 'pull-up', 'pull-down'])
        .default('pull-up')
        .describe('The resistor inside the chip; driver "onoff" knows "as-is" only'),
      // Half of the 400 ms that must be seen: the other half is for bouncing, and for being looked at late.
      debounceMs: milliseconds(0, 200)
        .default(debounceMs)
        .describe('A level counts when it has lasted this long; what lasts 400 ms is never missed'),
    })
    .optional()
    .describe(means);

/** An output, in the same way. */
export const gpioOutput = (means: string) =>
  z
    .strictObject({
      ...lineKeys,
      activeLow: z.boolean().default(false).describe('true when the low level switches it on'),
    })
    .optional()
    .describe(means);
