import { z } from 'zod';
import { idPattern } from '../domain/person.ts';

/** The name of a site, a terminal, a person. */
export const id = z.string().regex(idPattern, 'use letters, digits, ".", "_" and "-", at most 64');

/** A file or a folder; the loader makes it absolute. */
export const filePath = z
  .string()
  .min(1)
  .regex(/^(?!~)/, 'write the whole path: "~" is for shells');

/** A length of time within bounds. */
export const milliseconds = (least: number, most: number) => z.number().int().min(least).max(most);
