import { z } from 'zod';
import { punchDirections } from '../domain/punch.ts';
import { id, milliseconds } from './common-schema.ts';
import { gpioInput, gpioOutput } from './line-schema.ts';

const meaning = {
  means: z.enum(punchDirections).describe('`change` goes on with other work without leaving'),
  work: id.optional().describe('What is worked on, by a code of the site; for `in` and `change`'),
};

const hours = z.strictObject({
  during: id.describe('While this one of access.schedules is in force'),
  ...meaning,
});

const key = z.strictObject({
  ...meaning,
  label: z.string().min(1).max(30).optional().describe('What the screen writes on it; left out, its name'),
  typed: z
    .string()
    .regex(/^[0-9A-Z]{1,3}$/, 'one to three digits and capital letters: a PIN is longer')
    .optional()
    .describe('What a keypad of access.readers gives for it: `1` for "1#", `F2`'),
  button: gpioInput('A button of its own; needs panel'),
});

const panel = z.strictObject({
  driver: z
    .enum(['gpiochip', 'onoff', 'simulated'])
    .describe('"gpiochip": lines of a GPIO chip; "onoff": the old sysfs interface; "simulated": files, for trials'),
  chipLabel: z.string().min(1).default('pinctrl-bcm2711').describe('Label of the GPIO chip; "limen doctor" lists them'),
  outputs: z
    .strictObject({
      green: gpioOutput('Light: recorded, or recorded already (it blinks)'),
      red: gpioOutput('Light: refused, or nothing was chosen in time'),
      busy: gpioOutput('Light: somebody is being looked at; it blinks while a key is waited for'),
      buzzer: gpioOutput('One sound: recorded; two: recorded already; three: refused'),
    })
    .prefault({})
    .describe('Each may be left out'),
});

const fallback = z.strictObject({
  accept: z
    .enum(['card', 'pin', 'card-and-pin'])
    .describe('What takes the place of the face; a PIN is typed as `1001*2580`'),
  withinMs: milliseconds(5000, 300_000).default(60_000).describe('After the refusal'),
});

/** Section `punch` of a terminal: the time clock. */
export const punchSchema = z.strictObject({
  direction: z
    .enum(['in', 'out', 'alternate', 'ask'])
    .default('in')
    .describe(
      'What a punch means where no key and no schedule says it: always the same; the other one than the last time; or `ask`, and nothing is recorded without a key',
    ),
  schedule: z
    .array(hours)
    .default([])
    .describe(
      'What punches mean at some hours; the first that is in force decides. A key that is pressed goes before it',
    ),
  keys: z.record(id, key).default({}).describe('What somebody can choose, by name: IN, OUT, breaks, kinds of work'),
  keyLastsMs: milliseconds(2000, 120_000)
    .default(15_000)
    .describe('A key holds for this long, for one punch; and somebody who was recognised is waited for as long'),
  debounceMs: milliseconds(10_000, 3_600_000)
    .default(60_000)
    .describe('A second punch of the same person within this time is not recorded, unless a key says something else'),
  forgetAfterMin: z
    .number()
    .int()
    .min(60)
    .max(2880)
    .default(960)
    .describe('For `alternate`: after so long without a punch somebody comes in, whatever the last punch was'),
  fallback: fallback
    .optional()
    .describe(
      'Off unless it is there. A face that was refused (not for showing a picture) is compared once more with that of the owner of a card or a PIN; does it not agree, the card or PIN counts alone. The punch says so, and no door opens',
    ),
  panel: panel.optional().describe('Lights, buzzer and buttons of the time clock'),
});

export type PunchConfig = z.infer<typeof punchSchema>;
