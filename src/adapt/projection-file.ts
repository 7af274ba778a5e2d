import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { writeDurable } from '../runtime/durable-file.ts';
import { calibrationSchema } from '../vision/pack-manifest.ts';
import { type Adaptation, type LearnedProjection, projectionId } from './adapt.ts';

const share = z.number().min(0).max(1);

const fileSchema = z.object({
  format: z.literal(1, 'this limen reads format 1 only'),
  id: z.string().min(1),
  base: z.string().min(1),
  dimensions: z.number().int().positive(),
  /** `[dimensions, dimensions] float32`, little-endian, row after row. */
  matrix: z.base64(),
  learned: z.object({ at: z.string(), people: z.number().int(), templates: z.number().int() }),
  heldOut: z.object({
    people: z.number().int(),
    attempts: z.number().int(),
    fpir: share,
    plain: share,
    adapted: share,
    difference: z.number(),
    interval95: z.tuple([z.number(), z.number()]),
  }),
  calibration: calibrationSchema,
});

const again = 'Learn it again with `limen adapt`, or remove recognition.projection.';

/**
 * Write an accepted projection down. It holds no template and no name; the matrix was learned from faces all the same.
 *
 * @throws LimenError `file.unwritable`, `disk.full`.
 */
export async function writeProjection(
  file: string,
  { learned, heldOut, people, templates }: Adaptation & { readonly learned: LearnedProjection },
): Promise<void> {
  const { id, base, matrix, calibration } = learned;
  const content: z.infer<typeof fileSchema> = {
    format: 1,
    id,
    base,
    dimensions: Math.sqrt(matrix.length),
    matrix: Buffer.from(matrix.buffer, matrix.byteOffset, matrix.byteLength).toString('base64'),
    learned: { at: new Date().toISOString(), people, templates },
    heldOut: { ...heldOut, interval95: [...heldOut.interval95] },
    calibration,
  };
  await writeDurable(file, `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Read a projection and check that its matrix is the one that its id names.
 *
 * @throws LimenError `file.unreadable`, `file.corrupt`.
 */
export async function readProjection(file: string): Promise<LearnedProjection> {
  const content = parsed(file, await textOf(file));
  const bytes = Buffer.from(content.matrix, 'base64');
  const matrix = new Float32Array(Uint8Array.from(bytes).buffer.slice(0, bytes.length - (bytes.length % 4)));
  const { id, base, dimensions, calibration } = content;
  if (matrix.length !== dimensions ** 2 || projectionId(base, matrix) !== id || calibration.embedder !== id) {
    throw new LimenError('file.corrupt', `${file} is damaged: its matrix is not the one of ${id}.`, { hint: again });
  }
  return { id, base, matrix, calibration };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = systemCodeOf(cause) === 'ENOENT' ? 'does not exist' : `cannot be read: ${messageOf(cause)}`;
    throw new LimenError('file.unreadable', `The projection ${file} ${why}.`, { hint: again, cause });
  }
}

function parsed(file: string, text: string): z.infer<typeof fileSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LimenError('file.corrupt', `${file} is not JSON.`, { hint: again, cause });
  }
  const result = fileSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const newer = typeof value === 'object' && value !== null && Number((value as { format?: unknown }).format) > 1;
  throw new LimenError(
    newer ? 'file.newer-version' : 'file.corrupt',
    `${file} is no projection: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}.`,
    { hint: again, cause: result.error },
  );
}
