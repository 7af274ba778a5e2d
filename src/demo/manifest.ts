import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { packageRoot } from '../runtime/package-root.ts';

const manifestSchema = z.object({
  people: z.array(z.object({ id: z.string(), role: z.enum(['enrollable', 'stranger']), name: z.string().optional() })),
  images: z.array(z.object({ file: z.string(), id: z.string(), role: z.string() })),
  clips: z.array(
    z.object({
      name: z.string(),
      dir: z.string(),
      fps: z.number(),
      expect: z.discriminatedUnion('verdict', [
        z.object({ verdict: z.literal('grant'), personId: z.string() }),
        z.object({ verdict: z.literal('deny'), reason: z.string() }),
      ]),
    }),
  ),
});

/** Someone the demo enrols, who does not exist. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  /** Absolute paths of the enrolment pictures. */
  readonly pictures: readonly string[];
}

/** One walk-up, and how it has to end. */
export interface DemoClip {
  readonly name: string;
  /** Absolute path of a folder of JPEG frames. */
  readonly folder: string;
  readonly fps: number;
  readonly expect: { verdict: 'grant'; personId: string } | { verdict: 'deny'; reason: string };
}

/** The people and clips that are bundled with limen. @throws LimenError `file.unreadable` when they are missing. */
export function bundledPeople(): { people: DemoPerson[]; clips: DemoClip[] } {
  const folder = join(packageRoot(), 'test', 'people');
  const file = join(folder, 'manifest.json');
  let manifest: z.infer<typeof manifestSchema>;
  try {
    manifest = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new LimenError('file.unreadable', `The demo's people cannot be read from ${file}: ${messageOf(error)}`, {
      hint: 'They are part of limen: fetch the project again.',
      cause: error,
    });
  }
  const people = manifest.people
    .filter((person) => person.role === 'enrollable')
    .map(({ id, name }) => ({
      id,
      name: name ?? id,
      pictures: manifest.images
        .filter((image) => image.id === id && image.role === 'enrol')
        .map((image) => join(folder, image.file)),
    }));
  const clips = manifest.clips.map(({ name, dir, fps, expect }) => ({ name, folder: join(folder, dir), fps, expect }));
  return { people, clips };
}
