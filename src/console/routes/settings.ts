import { z } from 'zod';
import { checkConfigText } from '../../config/load.ts';
import { recognitionSchema } from '../../config/recognition-schema.ts';
import { bytesOf } from '../../models/catalogue.ts';
import { listPacks } from '../../models/list-packs.ts';
import { roles as packRoles } from '../../vision/pack-manifest.ts';
import { configChecked, models, settings } from '../answers/settings.ts';
import type { CommonDesk } from '../common-desk.ts';
import { ownSettings } from '../own-settings.ts';
import { auditors, everybody } from '../roles.ts';
import { commonRoute, type Route } from '../route.ts';

const engines = recognitionSchema.shape.engine.unwrap().options;

/** What recognises people, and how this is set up. */
export const settingsRoutes: readonly Route<CommonDesk>[] = [
  commonRoute({
    ...{
      method: 'GET',
      path: '/api/models',
      may: everybody,
      says: 'Packs and engines: what is here, and what is in use',
    },
    answer: models,
    handle: async (_call, { config, log }) => {
      const { pack: chosen, engine } = config.recognition;
      const inUse = [chosen].flat();
      const packs = await listPacks((error) => log.warn({ error }, 'a folder that is no pack'));
      return {
        packs: packs.map(({ pack, installed, figures }) => ({
          ...{ name: pack.name, installed, inUse: inUse.includes(pack.name), ...figures },
          gives: packRoles.filter((role) => pack[role] !== undefined),
          ...{ bytes: bytesOf(pack), licence: pack.licence },
          calibrated: pack.embedder === undefined || pack.calibration !== null,
        })),
        engines: engines.map((name) => ({ name, inUse: name === engine })),
      };
    },
  }),
  commonRoute({
    ...{
      method: 'GET',
      path: '/api/settings',
      may: auditors,
      says: 'The configuration in force, every default included',
    },
    answer: settings,
    handle: (_call, desk) => ownSettings(desk),
  }),
  commonRoute({
    ...{
      method: 'POST',
      path: '/api/settings/check',
      may: everybody,
      says: 'Check a configuration as its file would be',
    },
    body: z.object({ kind: z.enum(['hub', 'terminal']), text: z.string().max(200_000) }),
    answer: configChecked,
    audit: null,
    handle: async ({ body }) => {
      const { problems, effective } = checkConfigText(body.text, body.kind);
      return { problems: [...problems], effective };
    },
  }),
];
