import { z } from 'zod';
import { filePath } from './common-schema.ts';

/** Section `screen` of a terminal: what people see at the door. */
export const screenSchema = z.strictObject({
  address: z
    .enum(['127.0.0.1', '::1'])
    .default('127.0.0.1')
    .describe('Where it listens: on this machine only. There is a picture of whoever stands at the door'),
  port: z.number().int().min(0).max(65535).default(8088).describe('0 takes any free port; the log says which'),
  language: z.enum(['en', 'vi']).default('en').describe('English or Vietnamese'),
  languageFile: filePath
    .optional()
    .describe('Another language: a file with the keys of src/screens/words/en.json; docs/screen.md'),
  names: z
    .enum(['name', 'initials', 'none'])
    .default('initials')
    .describe('How somebody who is let in is named; whoever stands behind them can read it'),
  picture: z.boolean().default(true).describe('Show the live picture, as a mirror; false shows a drawing instead'),
  sounds: z.boolean().default(false).describe('A sound when somebody is let in or refused, and for every key'),
  pinPad: z
    .enum(['off', 'asked', 'always'])
    .default('asked')
    .describe(
      '"asked": while a PIN is wanted after a face; "always": also for number and PIN, which access.withoutFace or a comparison with one person needs',
    ),
});

export type ScreenConfig = z.infer<typeof screenSchema>;
