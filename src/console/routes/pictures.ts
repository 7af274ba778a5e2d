import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import { importBegun, importProgress, importState, looked, personId } from '../answers/people.ts';
import { mostPictureBytes } from '../picture-tray.ts';
import { operators } from '../roles.ts';
import { type Route, route } from '../route.ts';

const importNamed = z.object({ import: z.string().max(26) });
const group = z.string().trim().min(1).max(64);

/** Pictures to enrol people with: looked at one by one, or many with a list. */
export const pictureRoutes: readonly Route[] = [
  route({
    ...{
      method: 'POST',
      path: '/api/pictures',
      may: operators,
      says: 'Look at a picture, and keep it to enrol somebody',
    },
    ...{ takesPicture: true, bodyLimitBytes: mostPictureBytes },
    query: z.object({
      name: z.string().max(200).default('picture').meta({ description: 'What to call it in messages' }),
      keep: z.enum(['yes', 'no']).default('yes').meta({ description: '"no" only looks, and compares with nobody' }),
      person: personId.optional().meta({ description: 'Whose it is, where they are enrolled already' }),
    }),
    answer: looked,
    audit: null,
    handle: async ({ query: { name, keep, person }, body, who }, { hub, tray }) => {
      const jpeg = bytesOf(body);
      const isKept = keep === 'yes';
      const look = await hub.look({ jpeg }, { compare: isKept, ...(person && { except: person }) });
      const picture = isKept && look.good ? tray.put(who.name, { name, jpeg }) : null;
      const { quality, box } = look;
      return {
        ...{ ...look, picture, box: box && { ...box }, guidance: [...look.guidance], resembles: [...look.resembles] },
        quality: quality && { ...quality, failures: [...quality.failures] },
      };
    },
  }),
  route({
    ...{ method: 'POST', path: '/api/imports', may: operators, says: 'Begin an import with its list (CSV)' },
    bodyLimitBytes: 4 * 1024 * 1024,
    body: z.object({ list: z.string().max(4 * 1024 * 1024) }),
    answer: importBegun,
    audit: null,
    handle: ({ body }, { imports }) => imports.begin(Buffer.from(body.list)),
  }),
  route({
    ...{
      method: 'PUT',
      path: '/api/imports/:import/pictures/:name',
      may: operators,
      says: 'A picture of somebody on the list',
    },
    ...{ takesPicture: true, bodyLimitBytes: mostPictureBytes },
    params: importNamed.extend({
      // A name and no path: it becomes a file.
      name: z
        .string()
        .max(200)
        .regex(/^[\p{L}\p{N}_-][\p{L}\p{N} ._-]*\.(jpe?g|png|webp)$/iu, 'a name such as 1001-2.jpg'),
    }),
    answer: importState,
    audit: null,
    handle: ({ params, body }, { imports }) => imports.picture(params.import, params.name, bytesOf(body)),
  }),
  route({
    ...{ method: 'POST', path: '/api/imports/:import/start', may: operators, says: 'Enrol everybody on the list' },
    params: importNamed,
    body: z.object({
      groups: z.array(group).max(100).default([]).meta({ description: 'Of everybody for whom the list says none' }),
      despiteDoubts: z.boolean().default(false),
      again: z.boolean().default(false),
    }),
    answer: importState,
    audit: { action: 'people.imported', outcome: ({ total }) => ({ total }) },
    handle: ({ params, body }, { imports }) => imports.start(params.import, body),
  }),
  route({
    ...{ method: 'GET', path: '/api/imports', may: operators, says: 'The import that runs, or was the last one' },
    answer: z.object({ import: importProgress.nullable() }),
    handle: async (_call, { imports }) => ({ import: imports.current() }),
  }),
  route({
    ...{ method: 'GET', path: '/api/imports/:import', may: operators, says: 'How far an import is, and its report' },
    params: importNamed,
    query: z.object({
      from: z.coerce
        .number()
        .int()
        .min(0)
        .default(0)
        .meta({ description: 'How many outcomes are known already: the answer has only those after them' }),
    }),
    answer: importState,
    handle: async ({ params, query }, { imports }) => imports.state(params.import, query.from),
  }),
  route({
    ...{ method: 'DELETE', path: '/api/imports/:import', may: operators, says: 'Stop an import' },
    params: importNamed,
    answer: importState,
    audit: { action: 'people.import-stopped' },
    handle: async ({ params }, { imports }) => imports.stop(params.import),
  }),
];

function bytesOf(body: unknown): Buffer<ArrayBuffer> {
  if (Buffer.isBuffer(body) && body.byteLength > 0) return body as Buffer<ArrayBuffer>;
  throw new LimenError('image.unreadable', 'There is no picture in this request.', {
    hint: 'Send the file as it is, as image/jpeg, image/png or image/webp.',
  });
}
