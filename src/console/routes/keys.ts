import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import type { KeyProgress } from '../../hub/key-desk.ts';
import { type KeyProgressTold, keyKind, keyProgress } from '../answers/keys.ts';
import { terminalName } from '../answers/terminals.ts';
import type { Desk } from '../desk.ts';
import { administrators, auditors } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** Changing the keys of a site without a gap; the same as `limen hub keys`. */
export const keyRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/api/keys', may: auditors, says: 'How far a change of the keys of the site is' },
    answer: keyProgress,
    handle: async (_call, desk) => told(desk, await desk.hub.keys.progress()),
  }),
  route({
    ...{ method: 'POST', path: '/api/keys/rotation', may: administrators, says: 'Make new keys, and spread them' },
    body: z.object({ kinds: z.array(keyKind).min(1).max(2) }),
    answer: keyProgress,
    audit: { action: 'keys.rotated', detail: ({ body }) => ({ kinds: body.kinds }) },
    handle: async ({ body: { kinds } }, desk) => {
      const { underWay } = await desk.hub.keys.progress();
      if (underWay.length > 0) throw alreadyUnderWay();
      return told(desk, await desk.hub.keys.rotate([...new Set(kinds)]));
    },
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/keys/rotation/end',
      may: administrators,
      says: 'Go on with a change of keys, without terminals that are not waited for',
    },
    body: z.object({
      without: z
        .array(terminalName)
        .max(10_000)
        .meta({ description: 'Those that the change still waits for: they get the new key when they come back' }),
    }),
    answer: keyProgress,
    audit: { action: 'keys.went-on', detail: ({ body: { without } }) => ({ without }) },
    handle: async ({ body: { without } }, desk) => told(desk, await desk.hub.keys.advance({ without })),
  }),
];

async function told({ hub, fleet }: Desk, progress: KeyProgress): Promise<KeyProgressTold> {
  const inService = (await hub.terminals.all()).filter(({ revokedAt }) => revokedAt === null);
  // Which terminals hold the newest keys is told to every browser with the terminals.
  await fleet.refresh();
  const { underWay, waitingFor, finished } = progress;
  return { underWay: [...underWay], waitingFor: [...waitingFor], finished, terminals: inService.length };
}

function alreadyUnderWay(): LimenError {
  return new LimenError('key.under-way', 'A change of keys is under way already.', {
    hint: 'Wait until every terminal holds the new key, or go on without those that are lost.',
  });
}
